import { describe, expect } from 'vitest';
import { commitOffsets, countByKey, filterRecords, reduceByKey, tumbling } from '../../../src/index';
import { behaviourOf } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import { all, committedOffsets, contents, read, readKeyed, write } from './pipelines';
import { differences, someLines, trueCounts, wordCount } from './wordCount';

describe.each(brokers)('a word count on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('is right where windows merge over partitions, and commits to the end', async (trial) => {
    const [lines, counts] = [await trial.topic(4), await trial.topic(3)];
    const written = someLines(12_000, 4);
    await write(trial, lines, written);
    const kafka = trial.broker.kafka();
    const results = await all(read(trial, lines, { until: 'latest' }, kafka).pipe(wordCount(kafka, counts, { grace: '50ms' })));
    const found = await contents(trial, counts);
    expect(differences(trueCounts(written), found)).toEqual([]);
    expect(results.length).toBe(found.length);
    expect(found.length).toBe(trueCounts(written).size);
    expect(await committedOffsets(trial, lines)).toEqual([3_000, 3_000, 3_000, 3_000]);
  });

  behaviour('gives the windows of each partition by themselves where records keep their key', async (trial) => {
    const orders = await trial.topic(2);
    const partitions = [0, 1];
    await write(
      trial,
      orders,
      partitions.flatMap((partition) =>
        Array.from({ length: 2_500 }, (_, n) => ({ key: `k${partition}`, value: 'x', timestamp: n, partition })),
      ),
    );
    const results = await all(readKeyed(trial, orders, { until: 'latest' }).pipe(countByKey({ window: tumbling('1s') }), commitOffsets()));
    for (const partition of partitions) {
      const own = results
        .filter(({ key }) => key === `k${partition}`)
        .map(({ window, value, timestamp, final }) => ({ ...window, value, timestamp, final }));
      expect(own).toEqual([
        { start: 0, end: 1_000, value: 1_000, timestamp: 999, final: true },
        { start: 1_000, end: 2_000, value: 1_000, timestamp: 1_999, final: true },
        { start: 2_000, end: 3_000, value: 500, timestamp: 2_999, final: true },
      ]);
    }
    expect(await committedOffsets(trial, orders)).toEqual([2_500, 2_500]);
  });

  behaviour('gives the results of a window before those of the next', async (trial) => {
    const lines = await trial.topic(2);
    await write(trial, lines, someLines(5_000, 2));
    const ends: number[] = [];
    await all(
      read(trial, lines, { until: 'latest' }).pipe(wordCount(trial.broker.kafka(), await trial.topic(1)), (results$) => results$),
    ).then((results) => {
      for (const { window } of results) if (ends.at(-1) !== window.end) ends.push(window.end);
    });
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
    expect(new Set(ends).size).toBe(ends.length);
  });

  behaviour('completes on an empty topic', async (trial) => {
    const results = await all(
      read(trial, await trial.topic(2), { until: 'latest' }).pipe(wordCount(trial.broker.kafka(), await trial.topic(1))),
    );
    expect(results).toEqual([]);
  });

  behaviour('commits to the end where no record ever reaches it, because all are filtered out', async (trial) => {
    const lines = await trial.topic(2);
    await write(trial, lines, someLines(3_000, 2));
    const results = await all(
      read(trial, lines, { until: 'latest' }).pipe(
        filterRecords(() => false),
        commitOffsets(),
      ),
    );
    expect(results).toEqual([]);
    expect(await committedOffsets(trial, lines)).toEqual([1_500, 1_500]);
  });

  behaviour('commits while all records are absorbed: up to the first record of the window that is open', async (trial) => {
    const lines = await trial.topic(1);
    await write(
      trial,
      lines,
      Array.from({ length: 2_500 }, (_, n) => ({ key: 'k', value: '1', timestamp: n })),
    );
    const results = await all(
      readKeyed(trial, lines, { until: 'latest', atEnd: 'hold' }).pipe(
        reduceByKey((a) => a, { window: tumbling('1s') }),
        commitOffsets(),
      ),
    );
    expect(results.map(({ window }) => window.end)).toEqual([1_000, 2_000]);
    expect(await committedOffsets(trial, lines)).toEqual([2_000]);
  });
});
