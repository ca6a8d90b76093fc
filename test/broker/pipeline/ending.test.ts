import { concatMap, defer, firstValueFrom, NEVER, of, retry, Subject, take, takeUntil, throwError } from 'rxjs';
import { describe, expect } from 'vitest';
import { commitOffsets, countByKey, reduceByKey, tapRecords, tumbling } from '../../../src/index';
import { behaviourOf, eventually } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import { groupMembers } from './groupMembers';
import { committedOffsets, read, readKeyed, write } from './pipelines';
import { someLines, wordCount } from './wordCount';

describe.each(brokers)('ending on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('L8: abort drains: what is in flight is acked and committed, then the pipeline completes', async (trial) => {
    const lines = await trial.topic(1);
    await write(trial, lines, someLines(300, 1));
    const stop = new AbortController();
    const sink = new Subject<void>();
    let delivered = 0;
    let done = 0;
    const ended = new Promise<string>((resolve) => {
      read(trial, lines, { maxInFlight: 40, signal: stop.signal })
        .pipe(
          tapRecords(() => delivered++),
          concatMap(async (record) => {
            if (done === 0) await firstValueFrom(sink);
            done++;
            return record;
          }),
          commitOffsets({ every: '1h' }),
        )
        .subscribe({ error: (error: unknown) => resolve(String(error)), complete: () => resolve('complete') });
    });
    await eventually(() => expect(delivered).toBe(40));
    stop.abort();
    sink.next();
    expect(await ended).toBe('complete');
    expect([delivered, done]).toEqual([40, 40]);
    expect(await committedOffsets(trial, lines)).toEqual([40]);
    expect(await groupMembers(trial)).toEqual([]);
  });

  behaviour('L8: a drain leaves open windows to the next run, held by their first record', async (trial) => {
    const lines = await trial.topic(1);
    await write(
      trial,
      lines,
      Array.from({ length: 1_500 }, (_, n) => ({ key: 'k', value: '1', timestamp: n })),
    );
    const stop = new AbortController();
    const results: number[] = [];
    let delivered = 0;
    await new Promise((resolve, reject) => {
      readKeyed(trial, lines, { signal: stop.signal })
        .pipe(
          tapRecords(() => {
            delivered++;
            if (delivered === 1_500) stop.abort();
          }),
          countByKey({ window: tumbling('1s') }),
          commitOffsets({ every: '1h' }),
        )
        .subscribe({ next: ({ value }) => results.push(value), error: reject, complete: () => resolve(undefined) });
    });
    expect(results).toEqual([1_000]);
    expect(await committedOffsets(trial, lines)).toEqual([1_000]);
  });

  behaviour('L8: a drain that does not end in time is a TIMEOUT that names what is out', async (trial) => {
    const lines = await trial.topic(1);
    await write(trial, lines, someLines(10, 1));
    const stop = new AbortController();
    const error = await new Promise<unknown>((resolve) =>
      read(trial, lines, { signal: stop.signal, drainTimeout: 300 })
        .pipe(
          tapRecords((_, { offset }) => {
            if (offset === 9) stop.abort();
          }),
          concatMap((record) => (record.offset === 4 ? NEVER : of(record))),
          commitOffsets(),
        )
        .subscribe({ error: resolve }),
    );
    expect(error).toMatchObject({ code: 'TIMEOUT' });
    expect((error as Error).message).toContain(`${lines}[0]@4`);
    await eventually(async () => expect(await committedOffsets(trial, lines)).toEqual([4]));
  });

  behaviour('a signal that is aborted before it begins completes without reading', async (trial) => {
    const lines = await trial.topic(1);
    await write(trial, lines, someLines(10, 1));
    let delivered = 0;
    await new Promise((resolve, reject) => {
      read(trial, lines, { signal: AbortSignal.abort() })
        .pipe(commitOffsets())
        .subscribe({ next: () => delivered++, error: reject, complete: () => resolve(undefined) });
    });
    expect(delivered).toBe(0);
  });

  behaviour('L8: unsubscribing abandons: what was acked is committed, and nothing else', async (trial) => {
    const lines = await trial.topic(1);
    await write(trial, lines, someLines(100, 1));
    const enough = new Subject<void>();
    read(trial, lines)
      .pipe(
        concatMap((record) => (record.offset === 60 ? NEVER : of(record))),
        commitOffsets({ every: '1h' }),
        takeUntil(enough),
      )
      .subscribe(({ offset }) => offset === 59 && setTimeout(() => enough.next()));
    await eventually(async () => expect(await committedOffsets(trial, lines)).toEqual([60]));
    await eventually(async () => expect(await groupMembers(trial)).toEqual([]));
  });

  behaviour('take(n) stops reading after n, and the next run goes on behind them', async (trial) => {
    const lines = await trial.topic(1);
    await write(trial, lines, someLines(50, 1));
    const offsets: number[] = [];
    for (let run = 0; run < 2; run++) {
      await new Promise((resolve, reject) => {
        read(trial, lines)
          .pipe(commitOffsets(), take(10))
          .subscribe({ next: ({ offset }) => offsets.push(offset), error: reject, complete: () => resolve(undefined) });
      });
      await eventually(async () => expect(await groupMembers(trial)).toEqual([]));
    }
    expect(offsets).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  behaviour('retry begins again behind what was committed, when the former run has left the group', async (trial) => {
    const lines = await trial.topic(1);
    await write(trial, lines, someLines(30, 1));
    const offsets: number[] = [];
    let failures = 0;
    await new Promise((resolve, reject) => {
      read(trial, lines, { until: 'latest' })
        .pipe(
          concatMap((record) =>
            defer(() => (record.offset === 20 && failures++ < 1 ? throwError(() => new Error('the sink failed')) : of(record))),
          ),
          commitOffsets(),
          retry(2),
        )
        .subscribe({ next: ({ offset }) => offsets.push(offset), error: reject, complete: () => resolve(undefined) });
    });
    expect(offsets).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(await committedOffsets(trial, lines)).toEqual([30]);
  });

  behaviour(
    'L6: without further input the last window is closed by the clock, once its partitions are known to be at their end',
    async (trial) => {
      const lines = await trial.topic(3);
      await write(
        trial,
        lines,
        Array.from({ length: 700 }, (_, n) => ({ key: `k${n % 2}`, value: 'x', timestamp: n, partition: n % 2 })),
      );
      const stop = new Subject<void>();
      const results: number[] = [];
      readKeyed(trial, lines, { idleAfter: '200ms' })
        .pipe(
          reduceByKey((a, b) => (a.length < 350 ? a + b : a), { window: tumbling('1s'), grace: '100ms' }),
          commitOffsets({ every: '50ms' }),
          takeUntil(stop),
        )
        .subscribe(({ value }) => results.push(value.length));
      await eventually(() => expect(results).toEqual([350, 350]));
      await eventually(async () => expect(await committedOffsets(trial, lines)).toEqual([350, 350, 0]));
      stop.next();
    },
  );

  behaviour('L6: an idle partition does not hold back the windows that merge over it', async (trial) => {
    const lines = await trial.topic(2);
    await write(
      trial,
      lines,
      Array.from({ length: 2_100 }, (_, n) => ({ value: 'x', timestamp: n, partition: 0 })),
    );
    const stop = new Subject<void>();
    const ends: number[] = [];
    read(trial, lines, { idleAfter: '200ms' })
      .pipe(wordCount(trial.broker.kafka(), await trial.topic(1)), takeUntil(stop))
      .subscribe(({ window }) => ends.push(window.end));
    await eventually(() => expect(ends.slice(0, 2)).toEqual([1_000, 2_000]));
    stop.next();
  });
});
