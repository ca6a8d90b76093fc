import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlidingTable } from '../../../src/run/tables/slidingTable';
import { type Batch, drive, type Expected, ids, inOrder, type Sample, Source, worlds } from './drivenTable';

function batchOf(span: number, grace: number): Batch {
  /** The windows, by their last millisecond, that a record counts in: those that cover it and were open by its stamp. */
  const counts = ({ timestamp, stamp }: Sample, last: number): boolean =>
    timestamp <= last && timestamp >= last - span && last + 1 + grace > stamp;
  const firstOf = (sample: Sample): number | undefined => {
    for (let last = sample.timestamp; last <= sample.timestamp + span; last++) if (counts(sample, last)) return last;
    return undefined;
  };
  const held = (samples: readonly Sample[], through: number): Sample[] =>
    samples.filter((sample) => firstOf(sample) !== undefined && sample.timestamp + span + 2 > through);
  return {
    results: (samples) => {
      const windows: Expected[] = [];
      const ordered = [...samples].sort(
        (a, b) => a.slot - b.slot || a.timestamp - b.timestamp || (firstOf(a) ?? 0) - (firstOf(b) ?? 0) || a.id - b.id,
      );
      const times = samples.map(({ timestamp }) => timestamp);
      for (const key of ['a', 'b', 'c']) {
        let before = '';
        for (let last = Math.min(...times); last <= Math.max(...times) + span + 1; last++) {
          const value = ordered.filter((sample) => sample.key === key && counts(sample, last)).map(({ id }) => id);
          if (value.length > 0 && value.join() !== before) windows.push({ key, value, start: last - span, end: last + 1 });
          before = value.join();
        }
      }
      return inOrder(windows, samples);
    },
    held,
    beside: (samples, { key, end }) =>
      samples.filter((sample) => sample.key === key && firstOf(sample) !== undefined && sample.timestamp + span + 2 === end),
    miss: (sample) => {
      const closed = [];
      for (let last = sample.timestamp; last <= sample.timestamp + span; last++) if (!counts(sample, last)) closed.push(last);
      const last = closed.at(-1);
      if (last === undefined) return undefined;
      return {
        how: closed.length > span ? 'late' : 'late in some windows',
        window: { start: last - span, end: last + 1 },
        by: sample.stamp - grace - (last + 1),
      };
    },
    size: (samples, through) => {
      const { size } = new Set(held(samples, through).map((sample) => [sample.slot, sample.key, sample.timestamp, firstOf(sample)].join()));
      return [size, size];
    },
    lastEnd: (samples, through) => Math.max(...held(samples, through).map(({ timestamp }) => timestamp + span + 2)),
    hasKey: (samples, through, key, end) => end > through && samples.some((sample) => sample.key === key && counts(sample, end - 1)),
    windowAt: (end) => ({ start: end - 1 - span, end }),
  };
}

test('sliding windows are those of a batch, however partitions are read and whenever they are taken out', () => {
  fc.assert(
    fc.property(worlds, fc.integer({ min: 1, max: 25 }), (world, span) => {
      drive(world, (options) => new SlidingTable(span, options), batchOf(span, world.grace));
    }),
  );
});

test('each result that went into windows is given with the first that is without it', () => {
  const results = fc.array(fc.record({ step: fc.nat(8), key: fc.constantFrom('a', 'b'), source: fc.nat(2), take: fc.boolean() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(results, fc.integer({ min: 1, max: 12 }), fc.integer({ min: -10, max: 60 }), (all, span, out) => {
      const table = new SlidingTable(span, { name: 'the table', slots: 1, grace: 0, folding: ids, isOut: (end) => end <= out });
      const sources = [0, 1, 2].map(() => new Source());
      const waiting: { source: Source; at: number }[] = [];
      let timestamp = 0;
      const takeAll = (through: number): void => {
        for (let due = table.takeFirst(through); due; due = table.takeFirst(through)) {
          const { end, holds, results: read } = due;
          const counts = new Map<Source, number>();
          for (const { source } of waiting.filter(({ at }) => at + span + 2 === end)) counts.set(source, (counts.get(source) ?? 0) + 1);
          expect(holds.sources).toEqual(counts);
          for (const [source, count] of holds.sources) source.unabsorb(count);
          let given = 0;
          while (read.next().done !== true) given++;
          if (end <= out) expect(given).toBe(0);
          expect(given + counts.size).toBeGreaterThan(0);
          for (const one of waiting.splice(0)) if (one.at + span + 2 > end) waiting.push(one);
        }
        expect(waiting.every(({ at }) => at + span + 2 > through)).toBe(true);
      };
      all.forEach(({ step, key, source, take }, id) => {
        timestamp += step;
        const origin = sources[source] as Source;
        waiting.push({ source: origin, at: timestamp });
        expect(table.add(origin, timestamp, key, { id })).toBeUndefined();
        if (take) takeAll(timestamp);
      });
      takeAll(table.lastEnd);
      expect(sources.map(({ absorbed }) => absorbed)).toEqual([0, 0, 0]);
      expect(waiting).toEqual([]);
    }),
  );
});
