import fc from 'fast-check';
import { FakeKafka, type Fault } from 'millrace/testing';
import { expect, test } from 'vitest';
import type { KafkaTransaction } from '../../src/kafka/client';
import { Clock } from '../run/clock';
import { Reader, textOf } from './reader';

const requests = [
  'produce',
  'initProducerId',
  'addPartitionsToTxn',
  'addOffsetsToTxn',
  'txnOffsetCommit',
  'endTxn',
  'fetch',
  'offsetFetch',
] as const;

const fault: fc.Arbitrary<Fault> = fc.record({
  on: fc.constantFrom(...requests),
  nth: fc.integer({ min: 1, max: 3 }),
  times: fc.integer({ min: 1, max: 2 }),
  then: fc.constantFrom(
    'loseAnswer' as const,
    'hang' as const,
    { error: 'CONNECTION_CLOSED' },
    { error: 'CONCURRENT_TRANSACTIONS' },
    { delay: 2_000 },
  ),
});

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 5_000, max: 40_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('kill' as const, 'freeze' as const, 'thaw' as const, 'start' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fault' as const), fault }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/**
 * A program that copies a topic, each batch in a transaction with the offset behind it. It ends itself at the first error that it cannot get over; whoever
 * starts it again, and whenever, it goes on where it was.
 */
class Program {
  isOver = false;

  constructor(
    private readonly kafka: FakeKafka,
    readonly id: string,
  ) {}

  async run(): Promise<void> {
    try {
      const client = this.kafka.client(this.id);
      const producer = client.producer({ transactionalId: 'copy' });
      await producer.connect();
      // First of all it fences its former life, or what it reads as committed could still change.
      let transaction: KafkaTransaction | undefined = await producer.transaction();
      const consumer = client.consumer({
        groupId: 'g',
        sessionTimeout: 6_000,
        heartbeatInterval: 500,
        rebalanceTimeout: 6_000,
        maxWaitTimeInMs: 100,
      });
      consumer.on('consumer.crash', () => this.end());
      await consumer.connect();
      await consumer.subscribe({ topics: ['in'], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async ({ batch: { messages }, resolveOffset, isStale, isRunning }) => {
          if (isStale() || !isRunning()) return;
          const last = messages.at(-1)?.offset ?? '';
          try {
            transaction ??= await producer.transaction();
            await transaction.send({ topic: 'out', messages: messages.map(({ value }) => ({ value })) });
            await transaction.sendOffsets({
              consumerGroupId: 'g',
              topics: [{ topic: 'in', partitions: [{ partition: 0, offset: `${Number(last) + 1}`, metadata: last }] }],
            });
            await transaction.commit();
            transaction = undefined;
          } catch {
            this.end();
            await new Promise(() => undefined);
          }
          resolveOffset(last);
        },
      });
    } catch {
      this.end();
    }
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.kafka.kill(this.id);
  }
}

async function live(steps: readonly Step[], latency: number): Promise<void> {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, latency });
  kafka.createTopic('in');
  kafka.createTopic('out');
  const programs: Program[] = [];
  const thaws: (() => void)[] = [];
  const faults: (() => void)[] = [];
  let appended = 0;
  const start = () => {
    const program = new Program(kafka, `program ${programs.length}`);
    programs.push(program);
    void program.run();
  };
  start();
  for (const one of steps) {
    const program = programs.at(-1);
    if (one.do === 'append')
      kafka.append(
        'in',
        Array.from({ length: one.count }, () => ({ value: `${appended++}` })),
      );
    else if (one.do === 'wait') await clock.pass(one.ms);
    else if (one.do === 'fault') faults.push(kafka.inject(one.fault));
    else if (one.do === 'start') start();
    else if (one.do === 'kill') program?.end();
    else if (one.do === 'freeze' && program && !program.isOver) thaws.push(kafka.freeze(program.id));
    else for (const thaw of thaws.splice(0)) thaw();
  }
  for (const thaw of thaws) thaw();
  kafka.append('in', [{ value: `${appended++}` }]);
  // The last of the faults may hit it.
  for (let i = 0; i < 10 && kafka.committed('g')[0]?.offset !== appended; i++) {
    for (const program of programs) program.end();
    start();
    await clock.pass(120_000);
  }
  const expected = Array.from({ length: appended }, (_, i) => `${i}`);
  expect(kafka.records('out').map(({ value }) => textOf(value))).toEqual(expected);
  expect(kafka.committed('g')).toEqual([{ topic: 'in', partition: 0, offset: appended, metadata: `${appended - 1}` }]);
  for (const takeBack of faults) takeBack();
  const reader = new Reader(kafka, { groupId: 'readers', topics: ['out'] });
  void reader.join();
  await clock.pass(1_000);
  expect(reader.read).toEqual(expected.map((value) => `0:${value}`));
}

test(
  'a program of transactions writes each record once, in order, however often it is killed, frozen, doubled or out of touch',
  { timeout: 60_000 },
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25, size: 'max' }), fc.constantFrom(0, 10), live), { numRuns: 50 });
  },
);
