import fc from 'fast-check';
import { FakeKafka, type FakeRequest, type Fault, type FaultOutcome } from 'millrace/testing';
import { expect, test } from 'vitest';
import { requestDescriptions } from '../../src/testing/network/fakeRequests';
import { Clock } from '../run/clock';
import { Reader } from './reader';

type Step =
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'freeze'; readonly who: string; readonly ms: number }
  | { readonly do: 'move'; readonly partition: number }
  | { readonly do: 'stop' | 'start'; readonly nodeId: number }
  | { readonly do: 'send' | 'kill' }
  | { readonly do: 'wait'; readonly ms: number };

const errors = [
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'REQUEST_TIMED_OUT',
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'ECONNREFUSED',
  'ECONNRESET',
  'CONNECTION_CLOSED',
];

const outcome: fc.Arbitrary<FaultOutcome> = fc.oneof(
  fc.constantFrom('loseAnswer' as const, 'hang' as const),
  fc.record({ error: fc.constantFrom(...errors) }),
  fc.record({ delay: fc.integer({ min: 1, max: 40_000 }) }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.record({
        on: fc.subarray(Object.keys(requestDescriptions) as FakeRequest[], { minLength: 1 }),
        nth: fc.integer({ min: 1, max: 3 }),
        times: fc.integer({ min: 1, max: 8 }),
        client: fc.constantFrom(undefined, 'reader', 'writer'),
        broker: fc.constantFrom(undefined, 0, 1),
        then: outcome,
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('freeze' as const), who: fc.constantFrom('reader', 'writer'), ms: fc.nat(20_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), partition: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('stop' as const, 'start' as const), nodeId: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('send' as const, 'send' as const, 'send' as const, 'kill' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(5_000) }) },
);

/** A reader that is started again when it has crashed for good, or was killed. */
class Supervised {
  readonly lives: Reader[] = [];

  constructor(private readonly kafka: FakeKafka) {}

  start(): void {
    const reader = new Reader(this.kafka.client('reader'), {
      autoCommit: true,
      heartbeatInterval: 500,
      sessionTimeout: 6_000,
      rebalanceTimeout: 8_000,
      maxWaitTimeInMs: 200,
    });
    this.lives.push(reader);
    const again = () => {
      if (this.lives.at(-1) === reader) this.start();
    };
    reader.consumer.on('consumer.crash', ({ payload }) => {
      if (!(payload as { restart: boolean }).restart) again();
    });
    reader.join().catch(() => this.#later(again));
  }

  #later(work: () => void): void {
    this.kafka.client('supervisor').admin().listTopics().then(work, work);
  }

  get read(): Set<string> {
    return new Set(this.lives.flatMap(({ read }) => read.map((text) => text.slice(2))));
  }
}

/** After any faults that end, everything that was sent has been read. */
async function live(steps: readonly Step[], latency: number): Promise<void> {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, brokers: 2, partitions: 2, latency });
  kafka.createTopic('t');
  const supervised = new Supervised(kafka);
  supervised.start();
  const up = new Set([0, 1]);
  const sent: string[] = [];
  const stillToSend = new Set<string>();
  const takeBack: (() => void)[] = [];
  const write = async (value: string): Promise<void> => {
    stillToSend.add(value);
    while (stillToSend.has(value)) {
      const producer = kafka.client('writer').producer();
      try {
        await producer.connect();
        await producer.send({ topic: 't', messages: [{ partition: sent.length % 2, value }] });
        stillToSend.delete(value);
      } catch {
        // Again, with another producer.
      }
    }
  };
  for (const one of steps) {
    if (one.do === 'fault') takeBack.push(kafka.inject(one.fault));
    else if (one.do === 'wait') await clock.pass(one.ms);
    else if (one.do === 'move') {
      if (kafka.leader('t', one.partition) !== undefined && up.size > 1) kafka.moveLeader('t', one.partition);
    } else if (one.do === 'stop') {
      kafka.stopBroker(one.nodeId);
      up.delete(one.nodeId);
    } else if (one.do === 'start') {
      kafka.startBroker(one.nodeId);
      up.add(one.nodeId);
    } else if (one.do === 'freeze') {
      kafka.client(one.who);
      const thaw = kafka.freeze(one.who);
      await clock.pass(one.ms);
      thaw();
    } else if (one.do === 'kill') {
      kafka.kill('reader');
      supervised.start();
    } else {
      sent.push(String(sent.length));
      void write(String(sent.length - 1));
    }
  }
  for (const back of takeBack) back();
  for (const nodeId of [0, 1]) kafka.startBroker(nodeId);
  await clock.pass(240_000);
  expect([...stillToSend]).toEqual([]);
  expect([...supervised.read].toSorted()).toEqual(sent.toSorted());
}

test(
  'whatever faults there were, a reader and a writer go on when they have ended, and everything is read',
  { timeout: 120_000 },
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.constantFrom(0, 7), live), { numRuns: 100 });
  },
);
