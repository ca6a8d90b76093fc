import { Subject, takeUntil, tap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { commitOffsets, fromTopic, type KafkaClient, text } from '../../src/index';
import { FakeKafka, VirtualClock } from '../../src/testing/index';
import {
  bothKeys,
  disorder,
  inTurn,
  type Keys,
  midnight,
  results,
  shown,
  type Visit,
  visited,
  visits,
  type WindowKind,
  windowKinds,
} from './windowKinds';

/** What the clock that looks for silence may add, and the question to the broker and the commit of the step, ms. */
const slackOf = (idleAfter: number): number => Math.max(10, idleAfter / 20) + 10;

/** A topic of three partitions that is written to every 4 ms: one partition stays empty, one falls silent 80 ms before the other does, and then all is still. */
async function fallsSilent(kind: WindowKind, keys: Keys, idleAfter: number, rebalanceAt = Infinity) {
  const time = new VirtualClock({ start: midnight - 1_000 });
  const kafka = new FakeKafka({ scheduler: time, latency: 1 });
  kafka.createTopic('visits', { partitions: 3 });
  const written = [visits(60, [0], midnight - 20), visits(40, [2], midnight - 100)];
  for (const own of written) own.forEach((visit, n) => time.schedule(() => kafka.append('visits', [visit]), n * 4));

  time.schedule(() => kafka.rebalance('g'), rebalanceAt);

  const stop = new Subject<void>();
  const given: { readonly result: string; readonly key: string; readonly end: number; readonly at: number }[] = [];
  const delivered: number[] = [];
  const failures: unknown[] = [];
  fromTopic<KafkaClient, string, string>(kafka, 'visits', {
    groupId: 'g',
    key: text,
    value: text,
    idleAfter,
    outOfOrderness: disorder.outOfOrderness,
    consumer: { maxWaitTimeInMs: 10, heartbeatInterval: 20 },
    scheduler: time,
  })
    .pipe(
      tap(({ partition }) => (delivered[partition] = time.now())),
      visited(kind, keys),
      tap((result) => given.push({ result: shown(result), key: result.key, end: result.window.end, at: time.now() })),
      commitOffsets({ every: 10 }),
      takeUntil(stop),
    )
    .subscribe({ error: (error: unknown) => failures.push(error) });
  await time.advance('2s');
  stop.next();
  return { written: written.flat(), given, delivered, failures, committed: kafka.committed('g').map(({ offset }) => offset) };
}

/** What is known of the partitions that a key is in: when the last of their records came, and which was the newest. */
function silenceOf(key: string, written: readonly Visit[], delivered: readonly number[]) {
  const own = written.filter((visit) => visit.key.startsWith(key));
  return {
    since: Math.max(...own.map(({ partition }) => delivered[partition] ?? NaN)),
    newest: Math.max(...own.map(({ partition }) => newestOf(partition, written))),
  };
}

function newestOf(partition: number, written: readonly Visit[]): number {
  return Math.max(...written.filter((visit) => visit.partition === partition).map(({ timestamp }) => timestamp));
}

describe.each(bothKeys)('L6: after the last record of a topic, with %s,', (keys) => {
  describe.each([40, 400])('and partitions that are idle after %i ms,', (idleAfter) => {
    test.each(windowKinds.map((kind) => [kind.name, kind] as const))(
      'the last %s windows close within the larger of that and size + grace, in order, and no earlier',
      async (_, kind) => {
        const { written, given, delivered, failures, committed } = await fallsSilent(kind, keys, idleAfter);
        expect(failures).toEqual([]);
        expect(
          inTurn(
            given.map(({ result }) => result),
            keys,
            String,
          ),
        ).toEqual(results(written, kind, keys));
        expect(committed).toEqual([60, 0, 40]);
        const closings = given.map(({ key, end, at, result }) => {
          const { since, newest } = silenceOf(key, written, delivered);
          const due = since + Math.max(idleAfter, end + disorder.grace - newest);
          return { result, after: at - due, byRecords: end + disorder.grace <= newest - disorder.outOfOrderness };
        });
        const byClock = closings.filter(({ byRecords }) => !byRecords);
        expect(byClock.length).toBeGreaterThan(0);
        expect(byClock.filter(({ after }) => after < 0)).toEqual([]);
        expect(closings.filter(({ after }) => after > slackOf(idleAfter))).toEqual([]);
      },
    );
  });

  test.each(windowKinds.map((kind) => [kind.name, kind] as const))(
    'the last %s windows close also if the group is rebalanced while all is still, and no result changes',
    async (_, kind) => {
      // The first as soon as the last record has been read, the last about when the clock closes windows.
      for (const rebalanceAt of [250, 290, 330]) {
        const { written, given, failures, committed } = await fallsSilent(kind, keys, 40, rebalanceAt);
        expect(failures).toEqual([]);
        const once = new Set(given.map(({ result }) => result));
        expect(inTurn([...once], keys, String)).toEqual(results(written, kind, keys));
        expect(committed).toEqual([60, 0, 40]);
      }
    },
  );
});
