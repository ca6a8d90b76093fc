import { Subscription, interval } from 'rxjs';
import { commitOffsets, flatMapValues, fromTopic, int32, keyBy, mapValues, reduceByKey, text, toTopic, tumbling } from 'millrace';
import { FakeKafka, VirtualClock } from 'millrace/testing';

/** What a run of the word count in virtual time came to. */
export interface VirtualRun {
  /** Words that were fed, and counted by windows that have closed. */
  readonly fed: number;
  readonly counted: number;
  readonly windows: number;
  /** Offsets committed, by partition. */
  readonly committed: readonly number[];
}

/** A word count that is fed ten lines a second for so long, ms, on a clock of its own, and then left alone until its windows have closed. */
export async function countForSoLong(ms: number, partitions = 4): Promise<VirtualRun> {
  const clock = new VirtualClock();
  const kafka = new FakeKafka({ scheduler: clock, partitions });
  kafka.createTopic('lines');
  kafka.createTopic('counts');
  const whole = new Subscription();
  let fed = 0;
  whole.add(
    interval(100, clock).subscribe((n) => {
      if (clock.now() >= ms) return;
      kafka.append('lines', [{ value: n % 3 === 0 ? 'to be' : 'be' }]);
      fed += n % 3 === 0 ? 2 : 1;
    }),
  );
  whole.add(
    fromTopic(kafka, 'lines', { groupId: 'word-count', value: text, scheduler: clock })
      .pipe(
        flatMapValues((line) => line.split(' ')),
        keyBy((word) => word),
        mapValues(() => 1),
        reduceByKey((a, b) => a + b, { window: tumbling('10s') }),
        toTopic(kafka, 'counts', { key: text, value: int32 }),
        commitOffsets(),
      )
      .subscribe(),
  );
  await clock.advance(ms + 60_000);
  const results = kafka.records('counts');
  const committed = kafka.committed('word-count').map(({ offset }) => offset);
  whole.unsubscribe();
  await clock.advance('10s');
  return {
    fed,
    counted: results.reduce((sum, { value }) => sum + (value ? int32.decode(value) : 0), 0),
    windows: new Set(results.map(({ timestamp }) => timestamp)).size,
    committed,
  };
}
