import type { FakeKafkaConsumer } from 'millrace/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KafkaProducer } from '../../../src/kafka/client';
import { uniqueName } from '../realKafka';
import { refusal } from './behaviour';
import { clusters, type RunningCluster } from './clusters';

const patience = 60_000;

/** A leader that moves takes kafkajs some retries, a coordinator that dies a crash and a restart. */
const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: patience, interval: 50 });

/** A consumer that notes what it reads and what happens to it, and commits by itself. */
class Noting {
  readonly values: string[] = [];
  joins = 0;
  readonly crashes: { readonly error: Error; readonly restart: boolean }[] = [];

  constructor(readonly consumer: FakeKafkaConsumer) {
    consumer.on('consumer.group_join', () => {
      this.joins++;
    });
    consumer.on('consumer.crash', ({ payload }) => void this.crashes.push(payload as Noting['crashes'][number]));
  }

  async join(topic: string): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [topic], fromBeginning: true });
    await this.consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) this.values.push(Buffer.from(value ?? []).toString());
      },
    });
  }
}

// One file, in which the brokers are started once: that takes long. So the behaviours are shown one after the other, and each leaves all brokers up.
describe.each(clusters)('three brokers of $name', { timeout: 2 * patience }, (testCluster) => {
  let cluster: RunningCluster | undefined;
  const open: { disconnect(): Promise<void> }[] = [];

  beforeAll(async () => {
    cluster = await testCluster.start();
  }, 120_000);

  afterAll(() => cluster?.end(), 60_000);

  const behaviour = (sentence: string, show: (cluster: RunningCluster) => Promise<void>) => {
    test(sentence, async ({ skip }) => {
      if (!cluster) return skip();
      try {
        await show(cluster);
      } finally {
        await Promise.all(open.splice(0).map((client) => client.disconnect()));
      }
    });
  };

  const producerOf = async ({ kafka }: RunningCluster): Promise<KafkaProducer> => {
    const producer = kafka.call(cluster).producer({ allowAutoTopicCreation: false });
    open.push(producer);
    await producer.connect();
    return producer;
  };

  const memberOf = async (at: RunningCluster, topic: string, groupId = uniqueName('cluster')): Promise<Noting> => {
    const settings = { sessionTimeout: 10_000, rebalanceTimeout: 20_000, heartbeatInterval: 500, maxWaitTimeInMs: 100 };
    const member = new Noting(at.kafka().consumer({ groupId, allowAutoTopicCreation: false, ...settings }));
    open.push(member.consumer);
    await member.join(topic);
    return member;
  };

  const send = (producer: KafkaProducer, topic: string, value: string) => producer.send({ topic, messages: [{ partition: 0, value }] });

  behaviour('a leader that moves costs no record, and none is stored twice', async (at) => {
    const topic = await at.topic(1);
    const producer = await producerOf(at);
    await send(producer, topic, 'a');
    const before = await at.leader(topic);
    await at.moveLeader(topic);
    expect(await at.leader(topic)).not.toBe(before);
    await send(producer, topic, 'b');
    const member = await memberOf(at, topic);
    await eventually(() => expect(member.values).toEqual(['a', 'b']));
  });

  behaviour('a consumer whose leader moves joins its group again, without a crash, and reads on', async (at) => {
    const topic = await at.topic(1);
    const producer = await producerOf(at);
    await send(producer, topic, 'a');
    const member = await memberOf(at, topic);
    await eventually(() => expect(member.values).toEqual(['a']));
    await at.moveLeader(topic);
    await send(producer, topic, 'b');
    await eventually(() => expect(member.values).toEqual(['a', 'b']));
    expect(member.joins).toBeGreaterThan(1);
    expect(member.crashes).toEqual([]);
  });

  describe('of which one dies', () => {
    /** It was led by the broker that died, and has other replicas. */
    let topic = '';
    /** It was led by the broker that died, and has no other replica. */
    let alone = '';
    let died = -1;
    let producer: KafkaProducer | undefined;
    /** It has sent to both. */
    let toBoth: KafkaProducer | undefined;
    let reading: Noting | undefined;

    beforeAll(async () => {
      if (!cluster) return;
      [topic, alone] = [await cluster.topic(3), await cluster.topic(1)];
      died = await cluster.leader(topic);
      while ((await cluster.leader(alone)) !== died) await cluster.moveLeader(alone);
      producer = await producerOf(cluster);
      toBoth = await producerOf(cluster);
      reading = await memberOf(cluster, topic);
      open.splice(0);
      await send(producer, topic, 'a');
      await send(toBoth, alone, 'a');
      await send(toBoth, topic, 'b');
      await cluster.stopBroker(died);
    }, patience);

    afterAll(async () => {
      await Promise.all([producer?.disconnect(), toBoth?.disconnect(), reading?.consumer.disconnect()]);
    }, patience);

    behaviour('another leads, and all that was acknowledged is read', async (at) => {
      if (!producer) return;
      const sending = producer;
      // Until the others have noticed, a send may fail for good. One that failed may be stored all the same.
      await eventually(() => send(sending, topic, 'c'));
      expect(await at.leader(topic)).not.toBe(died);
      await eventually(() => expect([...new Set(reading?.values)]).toEqual(['a', 'b', 'c']));
    });

    behaviour('clients connect to the brokers that are up', async (at) => {
      const member = await memberOf(at, topic);
      await send(await producerOf(at), topic, 'd');
      await eventually(() => expect([...new Set(member.values)]).toEqual(['a', 'b', 'c', 'd']));
    });

    behaviour(
      'nothing can be sent to a topic whose only replica is down, nor to any other by a producer that knows that topic',
      async () => {
        if (!toBoth) return;
        const refusals = await Promise.all([refusal(send(toBoth, alone, 'x')), refusal(send(toBoth, topic, 'x'))]);
        expect(refusals).toEqual(['LEADER_NOT_AVAILABLE', 'LEADER_NOT_AVAILABLE']);
      },
    );

    behaviour('it follows those that took over when it is back, and leads what only it has', async (at) => {
      const heir = await at.leader(topic);
      await at.startBroker(died);
      expect([await at.leader(topic), await at.leader(alone)]).toEqual([heir, died]);
      if (toBoth) await Promise.all([send(toBoth, alone, 'e'), send(toBoth, topic, 'e')]);
      const admin = at.kafka().admin();
      open.push(admin);
      await admin.connect();
      await eventually(async () => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        expect((topics[0]?.partitions[0] as { isr?: number[] } | undefined)?.isr).toContain(died);
      });
    });
  });

  behaviour('when the coordinator dies, a consumer reads and commits on with another, and what was committed is there', async (at) => {
    const topic = await at.topic(3);
    const groupId = uniqueName('cluster');
    const producer = await producerOf(at);
    await send(producer, topic, 'a');
    const member = await memberOf(at, topic, groupId);
    await eventually(() => expect(member.values).toEqual(['a']));
    const coordinator = await at.coordinator();
    await at.stopBroker(coordinator);
    try {
      await send(producer, topic, 'b');
      await eventually(() => expect([...new Set(member.values)]).toEqual(['a', 'b']));
      expect(await at.coordinator()).not.toBe(coordinator);
      // The coordinator that is there now knows what was committed.
      await member.consumer.disconnect();
      await send(producer, topic, 'c');
      const heir = await memberOf(at, topic, groupId);
      await eventually(() => expect(heir.values).toContain('c'));
      expect(heir.values).not.toContain('a');
    } finally {
      await at.startBroker(coordinator);
    }
  });
});
