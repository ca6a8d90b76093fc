import { StreamError } from '../../errors';
import { defaultSettings } from '../broker/fakeSettings';
import type { FakeKafkaAdmin, FakeKafkaFullAdmin } from './fakeClients';
import { checkConfigQuery, configsOf } from './fakeConfigs';
import { FakeConsumer } from './fakeConsumer';
import { addressOf, FakeKafkaError, nonRetriableError, protocolError, typeOf } from '../network/fakeErrors';
import type { FakeRequest } from '../network/fakeFaults';
import { FakeTopicAdmin } from './fakeTopicAdmin';

type Offsets = Awaited<ReturnType<FakeKafkaAdmin['fetchOffsets']>>;

/** kafkajs' admin client on a broker in memory: what it does with groups, beside topics. */
export class FakeAdmin extends FakeTopicAdmin implements FakeKafkaFullAdmin {
  /** Of every partition of the topics that are named, -1 where nothing is committed; without topics, of what is committed. */
  async fetchOffsets({ groupId, topics = [], resolveOffsets = false }: Parameters<FakeKafkaAdmin['fetchOffsets']>[0]): Promise<Offsets> {
    checkGroup(groupId);
    if (!Array.isArray(topics)) throw nonRetriableError('Expected topics array to be set');
    for (const topic of topics) this.known.add(topic);
    const found = await this.#askCoordinator('offsetFetch', () => this.#offsetsOf(groupId, topics));
    return resolveOffsets ? Promise.all(found.map((offsets) => this.#resolve(groupId, offsets))) : found;
  }

  /**
   * Commits as a consumer that joins, pauses the topic, and seeks; so the group must have no members.
   *
   * As with kafkajs it takes the five seconds of a poll that has nothing to ask for.
   */
  async setOffsets({ groupId, topic, partitions }: Parameters<FakeKafkaAdmin['setOffsets']>[0]): Promise<void> {
    checkGroup(groupId);
    if (!topic) throw nonRetriableError(`Invalid topic ${topic}`);
    if (!Array.isArray(partitions) || partitions.length === 0) throw nonRetriableError('Invalid partitions');
    const consumer = new FakeConsumer(this.broker, { groupId, allowAutoTopicCreation: false }, this.process);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const { state } = await consumer.describeGroup();
    if (state !== 'Empty' && state !== 'Dead') {
      throw nonRetriableError(`The consumer group must have no running instances, current state: ${state}`);
    }
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.FETCH, () => {
        consumer.stop().then(resolve, reject);
      });
      consumer.run({ eachBatchAutoResolve: false, eachBatch: () => Promise.resolve() }).catch(reject);
      consumer.pause([{ topic }]);
      for (const place of partitions) consumer.seek({ topic, ...place });
    });
  }

  /** Commits -2 or -1, which whoever reads takes for the beginning or the end. */
  async resetOffsets({ groupId, topic, earliest }: Parameters<FakeKafkaAdmin['resetOffsets']>[0]): Promise<void> {
    checkGroup(groupId);
    if (!topic) throw nonRetriableError(`Invalid topic ${topic}`);
    const found = await this.ask('metadata', () => this.broker.topics.partitions(topic, false));
    const offset = earliest ? '-2' : '-1';
    await this.setOffsets({ groupId, topic, partitions: found.map(({ partition }) => ({ partition, offset })) });
  }

  async listGroups(): ReturnType<FakeKafkaAdmin['listGroups']> {
    return { groups: await this.#askCoordinator('listGroups', () => this.broker.groups.list()) };
  }

  async describeGroups(groupIds: string[]): ReturnType<FakeKafkaAdmin['describeGroups']> {
    const describe = () => groupIds.map((groupId) => this.broker.groups.describe(groupId));
    return { groups: await this.#askCoordinator('describeGroups', describe) };
  }

  async deleteGroups(groupIds: string[]): ReturnType<FakeKafkaAdmin['deleteGroups']> {
    if (!Array.isArray(groupIds)) throw nonRetriableError(`Invalid groupIds array ${String(groupIds)}`);
    if (groupIds.some((groupId) => typeof groupId !== 'string')) throw nonRetriableError('Invalid groupId name: true');
    if (groupIds.length === 0) return [];
    const results = await this.#askCoordinator('deleteGroups', () => groupIds.map((groupId) => this.#delete(groupId)));
    const groups = results.filter(({ errorCode }) => errorCode !== 0);
    if (groups.length > 0) throw new FakeKafkaError('KafkaJSDeleteGroupsError', 'Error in DeleteGroups', true, { groups });
    return results.map(({ groupId, errorCode }) => ({ groupId, errorCode }));
  }

  async describeCluster(): ReturnType<FakeKafkaAdmin['describeCluster']> {
    const nodeIds = await this.ask('metadata', () => this.broker.nodes.ids);
    const brokers = nodeIds.map((nodeId) => ({ nodeId, ...addressOf(nodeId) }));
    return { brokers, controller: nodeIds[0] ?? null, clusterId: 'FakeKafka' };
  }

  /** Of topics; the first that is not there fails all of it. */
  async describeConfigs(query: Parameters<FakeKafkaAdmin['describeConfigs']>[0]): ReturnType<FakeKafkaAdmin['describeConfigs']> {
    checkConfigQuery(query);
    const settingsOf = (topic: string) => this.broker.topics.partitions(topic, false)[0]?.settings ?? defaultSettings;
    return this.ask('describeConfigs', () => configsOf(query.resources, settingsOf));
  }

  alterConfigs(): Promise<never> {
    return unsupported('alterConfigs');
  }

  describeAcls(): Promise<never> {
    return unsupported('describeAcls');
  }

  createAcls(): Promise<never> {
    return unsupported('createAcls');
  }

  deleteAcls(): Promise<never> {
    return unsupported('deleteAcls');
  }

  alterPartitionReassignments(): Promise<never> {
    return unsupported('alterPartitionReassignments');
  }

  listPartitionReassignments(): Promise<never> {
    return unsupported('listPartitionReassignments');
  }

  #askCoordinator<T>(kind: FakeRequest, work: () => T): Promise<T> {
    return this.connection.request(kind, this.broker.coordinator, work);
  }

  #offsetsOf(groupId: string, topics: readonly string[]): Offsets {
    const committed = this.broker.group(groupId).commits.all();
    const names = topics.length > 0 ? topics : new Set(committed.map(({ topic }) => topic));
    return [...names].map((topic) => {
      const numbers = this.broker.topics.partitions(topic, false).map(({ partition }) => partition);
      const partitions = this.broker
        .offsetFetch(
          groupId,
          numbers.map((partition) => ({ topic, partition })),
        )
        .filter(({ partition }) => topics.length > 0 || committed.some((one) => one.topic === topic && one.partition === partition))
        .map(({ partition, offset, metadata }) => ({ partition, offset: String(offset), metadata: metadata === '' ? null : metadata }));
      return { topic, partitions };
    });
  }

  /** Commits the offsets that the beginning and the end stand for. */
  async #resolve(groupId: string, { topic, partitions }: Offsets[number]): Promise<Offsets[number]> {
    const limits = await this.fetchTopicOffsets(topic);
    const resolved = partitions.map((committed) => {
      const found = limits.find(({ partition }) => partition === committed.partition);
      const meant = { '-2': found?.low, '-1': found?.high }[committed.offset];
      return { ...committed, offset: meant ?? committed.offset };
    });
    await this.setOffsets({ groupId, topic, partitions: resolved.map(({ partition, offset }) => ({ partition, offset })) });
    return { topic, partitions: resolved };
  }

  #delete(groupId: string): { groupId: string; errorCode: number; error?: Error } {
    try {
      this.broker.groups.delete(groupId);
      return { groupId, errorCode: 0 };
    } catch (error) {
      const type = typeOf(error) === 'NON_EMPTY_GROUP' ? 'NON_EMPTY_GROUP' : 'GROUP_ID_NOT_FOUND';
      return { groupId, errorCode: Number(protocolError(type).code), error: error as Error };
    }
  }
}

function checkGroup(groupId: string): void {
  if (!groupId) throw nonRetriableError(`Invalid groupId ${groupId}`);
}

function unsupported(what: string): Promise<never> {
  return Promise.reject(new StreamError('UNSUPPORTED', `FakeKafka has no ${what}: is this for a test against a real Kafka?`));
}
