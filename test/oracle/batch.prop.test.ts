import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { casesOf, kinds } from './arbitraries';
import { batch, type Result } from './batch';
import { judge } from './judge';
import { streamed } from './streamed';
import { updates } from './updates';

const asSet = (results: readonly Result[]): string[] => results.map((result) => JSON.stringify(result)).sort();
const turns = fc.array(fc.nat({ max: 2 }), { maxLength: 42 });

describe.each(kinds)('of %s windows', (kind) => {
  test('a batch gives what one record after the other gives, whatever the order of partitions', () => {
    fc.assert(
      fc.property(casesOf(kind), turns, ({ log, question }, order) => {
        const { results, keepsPromises } = streamed(log, question, order);
        expect(asSet(results)).toEqual(asSet(batch(log, { ...question, merged: true }).results));
        expect(keepsPromises).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('partitions that are not merged give what each gives alone', () => {
    fc.assert(
      fc.property(casesOf(kind), ({ log, question }) => {
        const alone = log.flatMap((records, partition) =>
          streamed([records], question, []).results.map((result) => ({
            ...result,
            ids: result.ids.map((id) => id.replace('0@', `${partition}@`)),
          })),
        );
        expect(asSet(batch(log, { ...question, merged: false }).results)).toEqual(asSet(alone));
      }),
      { numRuns: 100 },
    );
  });

  test('results hold the records that count, and no other', () => {
    fc.assert(
      fc.property(casesOf(kind), ({ log, question }) => {
        const { results, records } = batch(log, question);
        const counting = records.filter(({ windows }) => windows.length > 0).map(({ id }) => id);
        expect([...new Set(results.flatMap(({ ids }) => ids))].sort()).toEqual(counting.sort());
        for (const { window, ids } of results) expect([window.start < window.end, ids.length > 0]).toEqual([true, true]);
      }),
    );
  });

  test('a window that has closed is not changed by an update', () => {
    fc.assert(
      fc.property(casesOf(kind, { partitions: 1, records: 10 }), ({ log, question }) => {
        const { grace = 0, outOfOrderness = 0 } = question;
        let newest = -Infinity;
        updates(log[0] ?? [], question).changes.forEach((changes, offset) => {
          for (const { window } of changes) expect(window.end).toBeGreaterThan(newest - outOfOrderness - grace);
          newest = Math.max(newest, log[0]?.[offset]?.timestamp ?? -Infinity);
        });
      }),
      { numRuns: 50 },
    );
  });
});

test('sliding windows of records in time are the sets of records not further apart than the span, each once', () => {
  fc.assert(
    fc.property(casesOf('sliding', { partitions: 1 }), ({ log, question: { window } }) => {
      const records = (log[0] ?? []).map((record) => ({ ...record, key: 'k' }));
      const span = window.kind === 'sliding' ? window.span : 0;
      const times = records.map(({ timestamp }) => timestamp);
      const within = (from: number): string =>
        records.flatMap(({ timestamp }, offset) => (from <= timestamp && timestamp <= from + span ? [`0@${offset}`] : [])).join(' ');
      const sets = new Set(times.flatMap((time) => [within(time - span), within(time + 1)]).filter((ids) => ids !== ''));
      const { results } = batch([records], { window, grace: 1_000 });
      expect(results.map(({ ids }) => ids.join(' ')).sort()).toEqual([...sets].sort());
    }),
  );
});

test('cases are late, late in some windows, in no window, at one time, below zero, and exactly the gap apart', () => {
  const seen = new Set<string>();
  for (const kind of kinds) {
    for (const { log, question } of fc.sample(casesOf(kind), { numRuns: 200, seed: 1 })) {
      for (const { verdict } of judge(log, question)) seen.add(`${kind}: ${verdict}`);
      for (const records of log)
        records.forEach(({ timestamp }, offset) => {
          const step = timestamp - (records[offset - 1]?.timestamp ?? NaN);
          if (step === 0) seen.add('at one time');
          if (step === 7) seen.add('the gap apart');
          if (timestamp < 0) seen.add('below zero');
        });
      if (log.length > 1 && log.some((records) => records.every(({ timestamp }) => timestamp < -100))) seen.add('lagging');
    }
  }
  const expected = kinds.flatMap((kind) => {
    const verdicts = ['counts'];
    if (kind !== 'global') verdicts.push('late');
    if (['hopping', 'sliding', 'custom', 'custom with merge'].includes(kind)) verdicts.push('late in some windows');
    if (kind.startsWith('custom')) verdicts.push('in no window');
    return verdicts.map((verdict) => `${kind}: ${verdict}`);
  });
  expect([...seen].sort()).toEqual([...expected, 'at one time', 'the gap apart', 'below zero', 'lagging'].sort());
});
