import { describe, expect } from 'vitest';
import { commitOffsets } from '../../../src/index';
import { behaviourOf, eventually } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import { groupMembers } from './groupMembers';
import type { Trial } from '../behaviours/trial';
import { committedOffsets, contents, read, write } from './pipelines';
import { differences, someLines, trueCounts, wordCount } from './wordCount';

/** An instance of the word count, and how many results it has given. */
function instance(trial: Trial, lines: string, counts: string) {
  const kafka = trial.broker.kafka();
  const seen = { lines: 0, results: 0, errors: [] as unknown[] };
  const end = new AbortController();
  const left = new Promise<void>((resolve) => {
    const finished = (error?: unknown): void => {
      if (error !== undefined) seen.errors.push(error);
      resolve();
    };
    read(trial, lines, { maxInFlight: 100, idleAfter: '500ms', signal: end.signal }, kafka)
      .pipe((lines$) => lines$, wordCount(kafka, counts, { every: '50ms' }))
      .subscribe({ next: () => seen.results++, error: finished, complete: () => finished() });
  });
  return { kafka, seen, end: () => (end.abort(), left) };
}

describe.each(brokers)('several instances on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour(
    'one owns all partitions while windows merge over them, and the other stands by and takes over when it is killed',
    async (trial) => {
      const [lines, counts] = [await trial.topic(3), await trial.topic(1)];
      const written = someLines(15_000, 3);
      await write(trial, lines, written.slice(0, 9_000));
      const first = instance(trial, lines, counts);
      await eventually(() => expect(first.seen.results).toBeGreaterThan(100));
      const [owner = ''] = await groupMembers(trial);
      const second = instance(trial, lines, counts);
      await eventually(async () => expect(await groupMembers(trial)).toHaveLength(2));
      await write(trial, lines, written.slice(9_000, 12_000));
      const before = first.seen.results;
      await eventually(() => expect(first.seen.results).toBeGreaterThan(before));
      expect(second.seen.results).toBe(0);

      trial.broker.kill(first.kafka, owner);
      await write(trial, lines, written.slice(12_000));
      await eventually(() => expect(second.seen.results).toBeGreaterThan(0));
      await eventually(async () => expect(differences(trueCounts(written), await contents(trial, counts))).toEqual([]));
      await second.end();
      expect(second.seen.errors).toEqual([]);
    },
  );

  behaviour('the one that stands by takes over when the owner drains', async (trial) => {
    const [lines, counts] = [await trial.topic(2), await trial.topic(1)];
    const written = someLines(8_000, 2);
    await write(trial, lines, written.slice(0, 4_500));
    const first = instance(trial, lines, counts);
    await eventually(() => expect(first.seen.results).toBeGreaterThan(0));
    const second = instance(trial, lines, counts);
    await eventually(async () => expect(await groupMembers(trial)).toHaveLength(2));
    await first.end();
    expect(first.seen.errors).toEqual([]);
    await write(trial, lines, written.slice(4_500));
    await eventually(async () => expect(differences(trueCounts(written), await contents(trial, counts))).toEqual([]));
    await second.end();
    expect(second.seen.errors).toEqual([]);
  });

  behaviour('two share the partitions where nothing merges, and go on from commits when one leaves', async (trial) => {
    const lines = await trial.topic(4);
    const values = new Set<string>();
    const start = () => {
      const end = new AbortController();
      let count = 0;
      const left = new Promise<void>((resolve, reject) => {
        read(trial, lines, { signal: end.signal })
          .pipe(commitOffsets({ every: '50ms' }))
          .subscribe({
            next: ({ partition, offset }) => {
              count++;
              values.add(`${partition}@${offset}`);
            },
            error: reject,
            complete: resolve,
          });
      });
      return { count: () => count, end: () => (end.abort(), left) };
    };
    const [one, other] = [start(), start()];
    await eventually(async () => expect(await groupMembers(trial)).toHaveLength(2));
    await write(trial, lines, someLines(4_000, 4));
    await eventually(() => expect(values.size).toBe(4_000));
    expect(Math.min(one.count(), other.count())).toBeGreaterThan(0);
    await one.end();
    await write(trial, lines, someLines(400, 4));
    await eventually(() => expect(values.size).toBe(4_400));
    await other.end();
    // A rebalance may repeat what was delivered since the last commit, and loses nothing.
    expect(await committedOffsets(trial, lines)).toEqual([1_100, 1_100, 1_100, 1_100]);
  });

  behaviour(
    'a bounded read does not complete while another member has partitions that are not read, and reads them when it is gone',
    async (trial) => {
      const lines = await trial.topic(2);
      await write(trial, lines, someLines(200, 2));
      const other = await trial.member({ topics: [lines] });
      const offsets: Record<number, number[]> = { 0: [], 1: [] };
      let complete = false;
      const done = new Promise<void>((resolve, reject) => {
        read(trial, lines, { until: 'latest' })
          .pipe(commitOffsets({ every: '50ms' }))
          .subscribe({
            next: ({ partition, offset }) => offsets[partition]?.push(offset),
            error: reject,
            complete: () => {
              complete = true;
              resolve();
            },
          });
      });
      await eventually(async () => expect((await committedOffsets(trial, lines)).toSorted((a, b) => a - b)).toEqual([-1, 100]));
      expect(complete).toBe(false);
      await other.consumer.disconnect();
      await done;
      const all = Array.from({ length: 100 }, (_, n) => n);
      expect([...new Set(offsets[0])]).toEqual(all);
      expect([...new Set(offsets[1])]).toEqual(all);
      expect(await committedOffsets(trial, lines)).toEqual([100, 100]);
    },
  );

  behaviour('a member that shares partitions out is found, where windows merge and one must own all', async (trial) => {
    const lines = await trial.topic(2);
    await trial.member({ topics: [lines] });
    const error = await new Promise<unknown>((resolve) =>
      read(trial, lines).pipe(wordCount(trial.broker.kafka(), lines)).subscribe({ error: resolve }),
    );
    expect(error).toMatchObject({ code: 'PARTITIONS_ELSEWHERE', groupId: trial.groupId });
  });
});
