import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SessionTable } from '../../../src/run/tables/sessionTable';
import { type Batch, drive, type Expected, ids, inOrder, type Sample, Source, slots, worlds } from './drivenTable';

interface Part {
  start: number;
  end: number;
  value: number[];
  slot: number;
}

const reach = ({ timestamp, gap }: Sample): { start: number; end: number } => ({ start: timestamp, end: timestamp + gap });
const overlap = (a: { start: number; end: number }, b: { start: number; end: number }): boolean => a.start < b.end && b.start < a.end;

function batchOf(grace: number): Batch {
  const inTime = (sample: Sample): boolean => sample.timestamp >= sample.stamp - grace;

  /** The sessions of a key in one partition, each record joining those before it in the order of time. */
  const partsOf = (samples: readonly Sample[], key: string, slot: number): Part[] => {
    let parts: Part[] = [];
    for (const sample of samples.filter((one) => one.key === key && one.slot === slot && inTime(one))) {
      const all = reach(sample);
      const joined = parts.filter((part) => overlap(part, all)).sort((a, b) => a.start - b.start);
      const start = Math.min(all.start, ...joined.map((part) => part.start));
      const end = Math.max(all.end, ...joined.map((part) => part.end));
      parts = [
        ...parts.filter((part) => !joined.includes(part)),
        { start, end, value: [...joined.flatMap(({ value }) => value), sample.id], slot },
      ];
    }
    return parts.sort((a, b) => a.start - b.start);
  };
  /** Grows a session from each part by whatever overlaps anything in it, until nothing does. */
  const wholes = (samples: readonly Sample[]): (Expected & { parts: Part[] })[] =>
    ['a', 'b', 'c'].flatMap((key) => {
      const all = Array.from({ length: slots }, (_, slot) => partsOf(samples, key, slot)).flat();
      const left = new Set(all);
      const found = [];
      for (const one of all) {
        if (!left.delete(one)) continue;
        const members = [one];
        for (const member of members) {
          for (const other of left) {
            if (!overlap(member, other)) continue;
            left.delete(other);
            members.push(other);
          }
        }
        members.sort((a, b) => all.indexOf(a) - all.indexOf(b));
        const start = Math.min(...members.map((part) => part.start));
        const end = Math.max(...members.map((part) => part.end));
        found.push({ key, start, end, value: members.flatMap(({ value }) => value), parts: members });
      }
      return found;
    });
  const open = (samples: readonly Sample[], through: number) => wholes(samples).filter(({ end }) => end > through);
  return {
    results: (samples) => inOrder(wholes(samples), samples).map(({ key, value, start, end }) => ({ key, value, start, end })),
    held: (samples, through) => {
      const held = new Set(open(samples, through).flatMap(({ value }) => value));
      return samples.filter(({ id }) => held.has(id));
    },
    miss: (sample) => (inTime(sample) ? undefined : { how: 'late', window: reach(sample), by: sample.stamp - grace - sample.timestamp }),
    size: (samples, through) => {
      const all = open(samples, through).map(({ parts }) => parts.map(({ slot }) => slot));
      return [all.flatMap((found) => [...new Set(found)]).length, all.flat().length];
    },
    lastEnd: (samples, through) => Math.max(...open(samples, through).map(({ end }) => end)),
    hasKey: (samples, through, key, end) =>
      open(samples, through).some((whole) => whole.key === key && whole.parts.some((part) => overlap(part, { start: end - 5, end }))),
    windowAt: (end) => ({ start: end - 5, end }),
  };
}

test('sessions are those of a batch, however partitions are read and whenever they are taken out', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      drive(world, (options) => new SessionTable((_, record) => [reach(record as Sample)], options), batchOf(world.grace));
    }),
  );
});

test('each result that went into a session is given with it, and with no other', () => {
  const results = fc.array(fc.record({ step: fc.nat(8), key: fc.constantFrom('a', 'b'), source: fc.nat(2), take: fc.boolean() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(results, fc.integer({ min: -10, max: 60 }), (all, out) => {
      const table = new SessionTable((timestamp) => [{ start: timestamp, end: timestamp + 5 }], {
        name: 'the table',
        slots: 1,
        grace: 0,
        folding: ids,
        isOut: (end) => end <= out,
      });
      const sources = [0, 1, 2].map(() => new Source());
      const values = new Map<number, { source: Source; timestamp: number; key: string }>();
      const given: number[] = [];
      let timestamp = 0;
      const takeAll = (through: number): void => {
        for (let due = table.takeFirst(through); due; due = table.takeFirst(through)) {
          const counts = new Map<Source, number>();
          for (const [id, { source, timestamp: at, key }] of values) {
            let end = at + 5;
            for (const later of values.values())
              if (later.key === key && later.timestamp >= at && later.timestamp < end) end = later.timestamp + 5;
            if (end !== due.end) continue;
            counts.set(source, (counts.get(source) ?? 0) + 1);
            given.push(id);
          }
          expect(due.holds.sources).toEqual(counts);
          for (const [source, count] of due.holds.sources) source.unabsorb(count);
          const read = [...{ [Symbol.iterator]: () => (due as { results: Iterator<{ value: unknown }> }).results }];
          if (due.end <= out) expect(read).toEqual([]);
          else expect(read.length).toBeGreaterThan(0);
        }
      };
      all.forEach(({ step, key, source, take }, id) => {
        timestamp += step;
        const origin = sources[source] as Source;
        values.set(id, { source: origin, timestamp, key });
        expect(table.add(origin, timestamp, key, { id })).toBeUndefined();
        if (take) takeAll(timestamp);
      });
      takeAll(table.lastEnd);
      expect(sources.map(({ absorbed }) => absorbed)).toEqual([0, 0, 0]);
      expect(given.sort((a, b) => a - b)).toEqual(all.map((_, id) => id));
    }),
  );
});
