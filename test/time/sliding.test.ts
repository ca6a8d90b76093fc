import { expect, test } from 'vitest';
import { sliding } from '../../src/time/sliding';

test('the span becomes milliseconds', () => {
  expect(sliding('5m')).toEqual({ kind: 'sliding', span: 300_000 });
});

test.each([0, -1, 1.5, 'soon', undefined])('a span of %j is refused', (span) => {
  expect(() => sliding(span as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(() => sliding(span as never)).toThrow('the span of a sliding window is');
});
