import type { KafkaSender } from '../../kafka/client';
import { partitionOf } from '../../kafka/partitionOf';
import type { FakeBroker } from '../broker/fakeBroker';
import type { PartitionMessages, PartitionMetadata } from '../broker/fakeProtocol';
import type { FakeCluster } from './fakeCluster';
import type { FakeConnection } from '../network/fakeConnection';
import type { FakeEos } from './fakeEos';
import { FakeKafkaError, nodeAt } from '../network/fakeErrors';
import type { UnplacedMessage } from '../broker/fakeLog';
import { messageOf, type OutgoingMessage, writtenBytes } from './fakeMessages';
import { Bail, retrying } from './fakeRetry';

type Send = Parameters<KafkaSender['send']>[0];
type Replies = Awaited<ReturnType<KafkaSender['send']>>;

/** Messages for a topic, as a producer is given them. */
export type TopicMessages = Pick<Send, 'topic' | 'messages'>;

/** How to send. */
export interface SendOptions {
  /** 0: no answer is waited for. */
  readonly acks: number;
  readonly isCompressed: boolean;
}

/** Says which partition a message goes to. */
export type Partitioner = (args: {
  topic: string;
  partitionMetadata: readonly PartitionMetadata[];
  message: OutgoingMessage & { partition?: number };
}) => number;

type Part = Omit<PartitionMessages, 'sequence'>;

/** How kafkajs sends: one request to each broker, and all of them again, with partitions chosen anew, until every broker has answered. */
export class FakeSender {
  constructor(
    private readonly broker: FakeBroker,
    private readonly cluster: FakeCluster,
    private readonly connection: FakeConnection,
    private readonly partitioner: Partitioner,
  ) {}

  /**
   * Sends as the producer that `eos` knows.
   *
   * An idempotent one tries no more often than others: kafkajs means it to go on for ever, but hands it options that take the place of that default.
   */
  send(topics: readonly TopicMessages[], how: SendOptions, eos: FakeEos): Promise<Replies> {
    const answers = new Map<number, Replies>();
    return retrying(this.connection, undefined, async () => {
      await this.cluster.addTargets(topics.map(({ topic }) => topic));
      try {
        await this.cluster.refreshIfOld();
        const byLeader = this.#byLeader(topics);
        for (const leader of byLeader.keys()) await this.cluster.find(leader);
        const requests = [...byLeader]
          .filter(([leader]) => !answers.has(leader))
          .map(async ([leader, parts]) => answers.set(leader, await this.#produce(leader, parts, how, eos)));
        await Promise.all(requests);
        return [...answers.values()].flat();
      } catch (error) {
        await this.#recover(error);
        throw error instanceof FakeKafkaError && error.retriable ? error : new Bail(error);
      }
    });
  }

  async #recover(error: unknown): Promise<void> {
    if (!(error instanceof FakeKafkaError)) return;
    const { name, retriable, port = 0 } = error;
    if (name === 'KafkaJSConnectionClosedError') this.cluster.removeBroker(nodeAt(port));
    if (!this.cluster.isConnected) await this.cluster.connect();
    const isStale =
      ['KafkaJSConnectionError', 'KafkaJSConnectionClosedError'].includes(name) || (name === 'KafkaJSProtocolError' && retriable);
    if (isStale) await this.cluster.refresh();
  }

  #byLeader(topics: readonly TopicMessages[]): Map<number, Part[]> {
    const byLeader = new Map<number, Part[]>();
    for (const messages of topics) {
      const { topic } = messages;
      for (const [partition, batch] of this.#byPartition(messages, this.cluster.partitionsOf(topic))) {
        const leader = this.cluster.leaderOf({ topic, partition }) ?? 0;
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), { topic, partition, messages: batch }]);
      }
    }
    return byLeader;
  }

  /** Messages to a partition that does not exist are left out without a word, as kafkajs does. */
  #byPartition({ topic, messages }: TopicMessages, partitionMetadata: readonly PartitionMetadata[]): Map<number, UnplacedMessage[]> {
    const now = String(this.connection.now());
    const batches = new Map<number, UnplacedMessage[]>(partitionMetadata.map(({ partitionId }) => [partitionId, []]));
    for (const message of messages)
      batches.get(this.partitioner({ topic, partitionMetadata, message }))?.push(messageOf(message, now, writtenBytes));
    for (const [partition, batch] of batches) if (batch.length === 0) batches.delete(partition);
    return batches;
  }

  async #produce(nodeId: number, parts: readonly Part[], { acks, isCompressed }: SendOptions, eos: FakeEos): Promise<Replies> {
    const answers = await eos.produce(nodeId, parts, (numbered, producer) =>
      this.connection.request('produce', nodeId, () => {
        for (const { topic, partition } of parts) this.broker.mustLead(nodeId, topic, partition);
        return this.broker.produce(numbered, producer, isCompressed);
      }),
    );
    if (acks === 0) return [];
    return answers.map(({ topic, partition, baseOffset, logAppendTime, logStartOffset }) => ({
      topicName: topic,
      partition,
      errorCode: 0,
      baseOffset: String(baseOffset),
      logAppendTime: String(logAppendTime),
      logStartOffset: String(logStartOffset),
    }));
  }
}

/** kafkajs' default: by the key as Kafka's own producers do, in turn without one. kafkajs begins at a random partition, this one at 0. */
export function defaultPartitioner(): Partitioner {
  const turns = new Map<string, number>();
  return ({ topic, partitionMetadata, message: { key, partition } }) => {
    if (typeof partition === 'number') return partition;
    if (key !== undefined && key !== null) return partitionOf(writtenBytes(key), partitionMetadata.length);
    const turn = turns.get(topic) ?? 0;
    turns.set(topic, turn + 1);
    return turn % partitionMetadata.length;
  };
}
