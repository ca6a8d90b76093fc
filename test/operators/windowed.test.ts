import { from, Subject } from 'rxjs';
import { expect, test } from 'vitest';
import { windowed } from '../../src/operators/windowed';
import type { ByKeyOptions } from '../../src/operators/windowOptions';
import { countByKey } from '../../src/operators/countByKey';
import type { KafkaRecord } from '../../src/records';
import type { Clock } from '../../src/time/clock';
import { calendar } from '../../src/time/calendar';
import { hopping } from '../../src/time/hopping';
import type { Folding } from '../../src/time/folding';
import { tumbling } from '../../src/time/tumbling';
import type { CustomWindow } from '../../src/time/windowShape';
import { record } from '../../src/testing/record';
import { type Found, outcome, read, type Row } from './source';

/** What a commit says of the operator, which a later run compares. */
function fingerprint(name: string, options: ByKeyOptions): string | undefined {
  const found: Found = {};
  const folding: Folding<KafkaRecord<string, number>, number> = { first: ({ value }) => value, fold: (a) => a, merge: (a) => a };
  outcome(read<number>([], found).pipe(windowed({ name, by: 'key', folding }, options)));
  return found.participants?.[0]?.stage?.fingerprint;
}

test('windows that would be rebuilt otherwise are told apart', () => {
  const all = [
    fingerprint('countByKey', { window: tumbling('10s') }),
    fingerprint('reduceByKey', { window: tumbling('10s') }),
    fingerprint('countByKey', { window: tumbling('20s') }),
    fingerprint('countByKey', { window: tumbling('10s', { offset: 1 }) }),
    fingerprint('countByKey', { window: tumbling('10s'), grace: 1 }),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('the same windows in other words are the same', () => {
  expect(fingerprint('countByKey', { window: tumbling('1m'), grace: '1s', emit: 'onClose' })).toBe(
    fingerprint('countByKey', { window: tumbling(60_000), grace: 1_000 }),
  );
});

test('the text of it does not change with a release, or every pipeline would have to begin again', () => {
  expect(fingerprint('reduceByKey', { window: tumbling('10s', { offset: '1s' }), grace: '2s' })).toBe(
    'reduceByKey tumbling 10000+1000 grace 2000 onClose',
  );
});

test('windows of each shape are told apart, and what cannot be a window is refused', () => {
  const custom = { kind: 'custom', name: 'mine', assign: () => [] } as const;
  const all = [
    hopping('10s', { every: '5s' }),
    hopping('10s', { every: '2s' }),
    tumbling('10s'),
    calendar('day'),
    calendar('day', { timeZone: 'Europe/Berlin' }),
    custom,
    { ...custom, name: 'other' },
  ].map((window) => fingerprint('countByKey', { window }));
  expect(new Set(all).size).toBe(all.length);
  for (const window of [null, {}, { kind: 'custom' }, { ...custom, name: undefined }, { kind: 'counting', size: 2 }])
    expect(() => fingerprint('countByKey', { window: window as never })).toThrow('countByKey');
});

test('a window of your own is asked with the record, and must come first', () => {
  const byTenant: CustomWindow<KafkaRecord<string, number>> = {
    kind: 'custom',
    name: 'by tenant',
    assign: (timestamp, { key }) => [{ start: 0, end: key === 'short' ? timestamp + 1 : 100 }],
  };
  const rows = ['short', 'long'].map((key) => ({ key, value: 1, timestamp: 5 }));
  const counted = read(rows).pipe(countByKey({ window: byTenant }));
  expect(outcome(counted).values.map(({ key, window }) => [key, window.end])).toEqual([
    ['short', 6],
    ['long', 100],
  ]);
  const behind = { kind: 'custom', name: 'behind', assign: () => [] } as const;
  expect(outcome(counted.pipe(countByKey({ window: behind }))).error).toMatchObject({ code: 'UNSUPPORTED' });
});

test('processing time does not go back when the clock is set back', () => {
  let now = 12;
  const due: { readonly at: number; readonly work: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    schedule: (work, delay) => {
      due.push({ at: now + delay, work });
      return { unsubscribe: () => undefined };
    },
  };
  const rows$ = new Subject<Row<string, number>>();
  const results: unknown[] = [];
  const window = hopping(20, { every: 10 });
  read(rows$, { clock })
    .pipe(countByKey({ window, clock: 'processing' }))
    .subscribe({ next: ({ window: { end }, value }) => results.push([end, value]), error: (error: unknown) => results.push(error) });
  rows$.next({ key: 'k', value: 1 });
  now = 20;
  for (const { at, work } of due.splice(0)) if (at <= now) work();
  now = 15; // in the window that has just closed
  rows$.next({ key: 'k', value: 1 });
  rows$.complete();
  expect(results).toEqual([
    [20, 1],
    [30, 2],
    [40, 1],
  ]);
});

test('a record that no run has delivered is refused: nobody could hold its offset', () => {
  const { error } = outcome(from([record('k', 1)]).pipe(countByKey()));
  expect(error).toMatchObject({
    code: 'NO_SOURCE',
    message: expect.stringContaining('Windows work in marbles and in runPipeline') as string,
  });
});
