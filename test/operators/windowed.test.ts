import { expect, test } from 'vitest';
import { type ByKeyOptions, windowed } from '../../src/operators/windowed';
import { tumbling } from '../../src/time/tumbling';
import { type Found, outcome, read } from './source';

/** What a commit says of the operator, which a later run compares. */
function fingerprint(name: string, options: ByKeyOptions): string | undefined {
  const found: Found = {};
  outcome(read<number>([], found).pipe(windowed(name, 'key', { first: ({ value }) => value, fold: (a) => a, merge: (a) => a }, options)));
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
