import { expect, test } from 'vitest';
import { withKey, withValue } from '../../src/operators/withValue';
import { record } from '../../src/testing/record';

const result = {
  key: 'k',
  value: 1,
  timestamp: 9,
  headers: {},
  window: { start: 0, end: 10 },
  final: false,
  '~provenance': { kind: 'millrace' },
} as const;

test('a record keeps its place, a result its window', () => {
  const made = record('k', 1, { timestamp: 5, headers: { trace: 'h' } });
  expect(withValue(made, 2)).toEqual({ ...made, value: 2 });
  expect(withKey(made, 'l')).toEqual({ ...made, key: 'l' });
  expect(withValue(result, 2)).toEqual({ ...result, value: 2 });
  expect(withKey(result, 'l')).toEqual({ ...result, key: 'l' });
});

test('a record that was made of another may have a share of its own', () => {
  const share = { kind: 'millrace' } as const;
  expect(withValue(result, 2, share)['~provenance']).toBe(share);
  expect(withValue(result, 2)['~provenance']).toBe(result['~provenance']);
});
