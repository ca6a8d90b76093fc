import { describe, expect, test } from 'vitest';
import { checkedOptions } from '../../src/operators/windowOptions';
import { session } from '../../src/time/session';
import { sliding } from '../../src/time/sliding';
import { tumbling } from '../../src/time/tumbling';

const window = tumbling('10s');
const checked = (options: object) => checkedOptions('count', options as never);

test('windows are closed by the watermark, by the clock, or by the end of the source', () => {
  expect(checked({ window }).closedBy).toBe('watermark');
  expect(checked({ window, clock: 'processing' }).closedBy).toBe('clock');
  expect(checked({}).closedBy).toBe('end');
});

test('defaults are those of the docs', () => {
  expect(checked({ window })).toMatchObject({
    grace: 0,
    updates: undefined,
    limit: { states: 1_000_000, bytes: 256 * 1_024 * 1_024, onFull: 'error' },
  });
});

test('when results are given belongs to what a later run compares', () => {
  expect(checked({ window }).fingerprint).toBe('count tumbling 10000+0 grace 0 onClose');
  expect(checked({ window, emit: 'onUpdate' }).fingerprint).toBe('count tumbling 10000+0 grace 0 onUpdate');
  expect(checked({ window, emit: { every: '1s' } }).fingerprint).toBe('count tumbling 10000+0 grace 0 every 1000');
  expect(checked({ window: session({ gap: '5s' }) }).fingerprint).toBe('count session 5000 grace 0 onClose');
  expect(checked({ window: session({ gap: () => 1 }) }).fingerprint).toBe('count session of its own gaps grace 0 onClose');
  expect(checked({ window: sliding('5s') }).fingerprint).toBe('count sliding 5000 grace 0 onClose');
});

describe('at the call', () => {
  test.each([
    [{ emit: 'now' }, `emit of count is "now": it can be 'onClose', 'onUpdate' or { every: '10s' }`],
    [{ emit: { every: 0 } }, 'every of emit of count is 0'],
    [{ clock: 'wall' }, 'clock of count is "wall"'],
    [{ onFull: 'drop' }, 'onFull of count is "drop"'],
    [{ maxKeys: 0 }, 'maxKeys of count is 0'],
    [{ maxBytes: NaN }, 'maxBytes of count is NaN'],
    [{ late: 'drop' }, 'late of count is "drop"'],
    [{ window: sliding('5s'), emit: 'onUpdate' }, 'a sliding window is a set of records that is known when it closes'],
    [{ window: session({ gap: 1 }), onFull: 'emitEarly' }, 'cannot be given in parts'],
  ])('%o is refused', (options, message) => {
    expect(() => checked({ window, ...options })).toThrow(message);
  });
});
