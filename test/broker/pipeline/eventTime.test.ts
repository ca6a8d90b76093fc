import { catchError, map, of } from 'rxjs';
import { describe, expect } from 'vitest';
import { assignTimestamps, commitOffsets, countByKey, isStreamError, mapValues, tapRecords, tumbling } from '../../../src/index';
import { bothKeys, disorder, inTurn, kindNamed, midnight, results, shown, visited, visits } from '../../pipeline/windowKinds';
import { behaviourOf } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import { all, committedOffsets, readKeyed, write } from './pipelines';

describe.each(brokers)('event time on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('with maxSkew no partition runs further ahead of another than that, but for the record that shows it', async (trial) => {
    const topic = await trial.topic(2);
    const [count, step, maxSkew] = [400, 10, 50];
    const lines = (partition: number) =>
      Array.from({ length: count }, (_, n) => ({ key: `k${partition}`, value: 'x', timestamp: n * step, partition }));
    await write(trial, topic, [...lines(0), ...lines(1)]);
    const newest = [-Infinity, -Infinity];
    const ahead: number[] = [];
    const results = await all(
      readKeyed(trial, topic, { until: 'latest', maxSkew }).pipe(
        tapRecords((_, { partition, timestamp }) => {
          newest[partition] = timestamp;
          ahead.push(timestamp - Math.min(...newest));
        }),
        countByKey({ window: tumbling('1s') }),
        commitOffsets(),
      ),
    );
    // Until both have spoken, one of them is infinitely far behind, and the other has given one record at most.
    expect(ahead.filter((by) => by === Infinity)).toHaveLength(1);
    expect(Math.max(...ahead.slice(1))).toBeLessThanOrEqual(maxSkew + step);
    expect(results.map(({ value }) => value)).toEqual(Array.from({ length: 8 }, () => 100));
    expect(await committedOffsets(trial, topic)).toEqual([count, count]);
  });

  for (const keys of bothKeys) {
    behaviour(`L5: windows go by the time that assignTimestamps gives, with ${keys}`, async (trial) => {
      const topic = await trial.topic(3);
      const kind = kindNamed('hopping');
      const written = visits(100, [0, 1, 2], midnight + 60);
      // In the topic itself all have the same time.
      const told = written.map((visit) => ({ ...visit, value: `${visit.value} ${visit.timestamp}`, timestamp: midnight }));
      await write(trial, topic, told);
      const given = await all(
        readKeyed(trial, topic, { until: 'latest', outOfOrderness: disorder.outOfOrderness, maxInFlight: 10 }).pipe(
          assignTimestamps((value) => Number(value.split(' ')[1])),
          mapValues((value) => value.split(' ')[0] ?? ''),
          visited(kind, keys),
          commitOffsets(),
        ),
      );
      expect(inTurn(given.map(shown), keys, String)).toEqual(results(written, kind, keys));
      expect(await committedOffsets(trial, topic)).toEqual([100, 100, 100]);
    });
  }

  for (const [onBadTimestamp, outcome] of [
    ['fail', ['BAD_TIMESTAMP 1']],
    ['skip', [2, 1]],
    ['partitionTime', [4, 1]],
  ] as const) {
    behaviour(`a record without a timestamp and one from a distant future, with onBadTimestamp: ${onBadTimestamp}`, async (trial) => {
      const topic = await trial.topic(1, { 'message.timestamp.after.max.ms': '9223372036854775807' });
      const farAhead = Date.UTC(2106, 0);
      await write(
        trial,
        topic,
        [1_000, -1, 1_500, farAhead, 2_000].map((timestamp) => ({ key: 'k', value: 'x', timestamp })),
      );
      const counts$ = readKeyed(trial, topic, { until: 'latest', onBadTimestamp }).pipe(
        countByKey({ window: tumbling('1s') }),
        commitOffsets(),
        map(({ value }): number | string => value),
        catchError((error: unknown) => of(isStreamError(error) ? `${error.code} ${error.offset}` : String(error))),
      );
      expect(await all(counts$)).toEqual(outcome);
      expect(await committedOffsets(trial, topic)).toEqual([onBadTimestamp === 'fail' ? 0 : 5]);
    });
  }
});
