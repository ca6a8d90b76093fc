import fc from 'fast-check';
import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import { Clock } from '../run/clock';
import { Reader } from './reader';

type Step =
  | { readonly do: 'join' | 'rebalance' }
  | { readonly do: 'leave' | 'kill'; readonly which: number }
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('join' as const, 'rebalance' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('leave' as const, 'kill' as const), which: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(4_000) }) },
);

const options = { heartbeatInterval: 200, sessionTimeout: 3_000, rebalanceTimeout: 2_000, maxWaitTimeInMs: 100, autoCommit: true } as const;

/** Members come, go and die at any time; when it is quiet again every record has been read, and what is committed is the end. */
async function live(steps: readonly Step[], latency: number): Promise<void> {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, partitions: 3, latency });
  kafka.createTopic('t');
  const readers: Reader[] = [];
  const there: Reader[] = [];
  let appended = 0;
  const join = () => {
    const reader = new Reader(kafka, options);
    readers.push(reader);
    there.push(reader);
    void reader.join();
  };
  for (const one of steps) {
    if (one.do === 'join') join();
    else if (one.do === 'rebalance') kafka.rebalance('g');
    else if (one.do === 'wait') await clock.pass(one.ms);
    else if (one.do === 'append') {
      kafka.append(
        't',
        Array.from({ length: one.count }, () => ({ value: String(appended++) })),
      );
    } else if ('which' in one) {
      const [reader] = there.splice(one.which % Math.max(1, there.length), 1);
      if (!reader) continue;
      await clock.pass(5_000); // a consumer that is stopped while it joins would join all the same
      if (one.do === 'leave') void reader.consumer.disconnect();
      else kafka.kill(reader.memberId);
    }
  }
  join();
  await clock.pass(20_000);
  const read = new Set(readers.flatMap((reader) => reader.read.map((text) => text.split(':')[1])));
  expect(read.size).toBe(appended);
  expect(kafka.members('g').toSorted()).toEqual(there.map(({ memberId }) => memberId).toSorted());
  expect(there.flatMap(({ assigned }) => assigned).toSorted()).toEqual([0, 1, 2]);
  const ends = [0, 1, 2].map((partition) => kafka.records('t').filter((record) => record.partition === partition).length);
  expect(kafka.committed('g').map(({ partition, offset }) => [partition, offset])).toEqual(
    ends.flatMap((end, partition) => (end > 0 ? [[partition, end]] : [])),
  );
  expect(readers.flatMap((reader) => reader.told('crash'))).toEqual([]);
}

test('members that come, go and die leave a group that has read and committed everything', { timeout: 60_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 15 }), fc.constantFrom(0, 7), live), { numRuns: 100 });
});
