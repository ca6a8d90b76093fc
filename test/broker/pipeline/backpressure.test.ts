import { concatMap, filter, mergeMap, NEVER, of, Subject, takeUntil } from 'rxjs';
import { describe, expect } from 'vitest';
import { ack, commitOffsets, countByKey, tapRecords, tumbling } from '../../../src/index';
import { behaviourOf, eventually } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import { committedOffsets, read, readKeyed, write } from './pipelines';
import { someLines } from './wordCount';

describe.each(brokers)('backpressure on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('L2: a sink that stands still for one partition gets maxInFlight of its records, and the others get on', async (trial) => {
    const lines = await trial.topic(3);
    await write(trial, lines, someLines(9_000, 3));
    const delivered = [0, 0, 0];
    const stop = new Subject<void>();
    read(trial, lines, { maxInFlight: 50 })
      .pipe(
        tapRecords((_, { partition }) => (delivered[partition] = (delivered[partition] ?? 0) + 1)),
        mergeMap((record) => (record.partition === 1 ? NEVER : of(record))),
        commitOffsets({ every: '50ms' }),
        takeUntil(stop),
      )
      .subscribe();
    await eventually(() => expect(delivered).toEqual([3_000, 50, 3_000]));
    await eventually(async () => expect(await committedOffsets(trial, lines)).toEqual([3_000, 0, 3_000]));
    expect(delivered[1]).toBe(50);
    stop.next();
  });

  behaviour('L2: a sink that takes no results stops the windows behind it, and memory with them', async (trial) => {
    const lines = await trial.topic(1);
    const keys = 200;
    await write(
      trial,
      lines,
      Array.from({ length: 5_000 }, (_, n) => ({ key: `k${n % keys}`, value: '1', timestamp: n })),
    );
    let delivered = 0;
    let results = 0;
    const stop = new Subject<void>();
    readKeyed(trial, lines, { maxInFlight: 100 })
      .pipe(
        tapRecords(() => delivered++),
        countByKey({ window: tumbling('1s') }),
        tapRecords(() => results++),
        concatMap(() => NEVER),
        ack(),
        takeUntil(stop),
      )
      .subscribe();
    await eventually(() => expect(results).toBe(100));
    // Were it not for the bound, the rest would arrive while this waits for the next window that never comes.
    await eventually(() => expect(delivered).toBe(1_001));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([delivered, results]).toEqual([1_001, 100]);
    stop.next();
  });

  behaviour('L3: a plain operator that swallows records is reported as STALLED with the oldest of them', async (trial) => {
    const lines = await trial.topic(1);
    await write(trial, lines, someLines(500, 1));
    const error = await new Promise<unknown>((resolve) =>
      read(trial, lines, { maxInFlight: 20, stallAfter: 400 })
        .pipe(
          filter(({ offset }) => offset !== 7 && offset < 30),
          commitOffsets(),
        )
        .subscribe({ error: resolve }),
    );
    expect(error).toMatchObject({ code: 'STALLED', topic: lines, partition: 0, offset: 7, groupId: trial.groupId });
    expect((error as Error).message).toContain('filterRecords');
  });

  behaviour('L3: an operator that multiplies records is reported as ACKED_TWICE', async (trial) => {
    const lines = await trial.topic(1);
    await write(trial, lines, someLines(10, 1));
    const error = await new Promise<unknown>((resolve) =>
      read(trial, lines)
        .pipe(
          mergeMap((record) => [record, record]),
          commitOffsets(),
        )
        .subscribe({ error: resolve }),
    );
    expect(error).toMatchObject({ code: 'ACKED_TWICE' });
    expect((error as Error).message).toContain(`${lines}[0]@0`);
  });

  behaviour('a slow sink that gets on is no stall', async (trial) => {
    const lines = await trial.topic(1);
    await write(trial, lines, someLines(12, 1));
    const offsets: number[] = [];
    await new Promise((resolve, reject) => {
      read(trial, lines, { maxInFlight: 1, stallAfter: 400, until: 'latest' })
        .pipe(
          concatMap(async (record) => {
            await new Promise((next) => setTimeout(next, 100));
            return record;
          }),
          commitOffsets(),
        )
        .subscribe({ next: ({ offset }) => offsets.push(offset), error: reject, complete: () => resolve(undefined) });
    });
    expect(offsets).toEqual(Array.from({ length: 12 }, (_, n) => n));
  });
});
