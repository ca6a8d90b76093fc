import { expect, test } from 'vitest';
import { withKey, withValue } from '../../src/operators/withValue';
import { Topic } from './source';

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
  const record = new Topic().record({ key: 'k', value: 1, timestamp: 5 });
  expect(withValue(record, 2)).toEqual({ ...record, value: 2 });
  expect(withKey(record, 'l')).toEqual({ ...record, key: 'l' });
  expect(withValue(result, 2)).toEqual({ ...result, value: 2 });
  expect(withKey(result, 'l')).toEqual({ ...result, key: 'l' });
});

test('a record that was made of another may have a share of its own', () => {
  const share = { kind: 'millrace' } as const;
  expect(withValue(result, 2, share)['~provenance']).toBe(share);
  expect(withValue(result, 2)['~provenance']).toBe(result['~provenance']);
});
