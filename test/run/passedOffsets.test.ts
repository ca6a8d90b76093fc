import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PassedOffsets } from '../../src/run/passedOffsets';

describe('when a record had been read', () => {
  test('is known from the first time that the position was past it', () => {
    const passed = new PassedOffsets();
    passed.note(5, 1_000);
    expect([passed.when(5), passed.when(4)]).toEqual([undefined, undefined]); // asked for 5 first: what is before it is over
    passed.note(9, 2_000);
    passed.note(20, 9_000);
    expect([passed.when(8), passed.when(9), passed.when(20)]).toEqual([2_000, 9_000, undefined]);
  });

  test('is not forgotten while the position stands still, or goes back to where a partition is rebuilt from', () => {
    const passed = new PassedOffsets();
    passed.note(5, 0);
    passed.note(5, 50_000);
    passed.note(3, 60_000);
    expect(passed.when(3)).toBe(0);
  });

  test('is known as well after a long time without records', () => {
    const passed = new PassedOffsets();
    for (let now = 0; now < 600_000; now += 1_000) passed.note(5, now);
    passed.note(6, 600_500);
    expect(passed.when(5)).toBe(600_500);
  });

  test('is never told too early', () => {
    const step = fc.record({ records: fc.nat(9), pause: fc.oneof(fc.nat(2_000), fc.nat(100_000)), committed: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const passed = new PassedOffsets();
        const readAt: number[] = [];
        let now = 0;
        let offset = 0;
        for (const { records, pause, committed } of steps) {
          now += pause;
          for (let i = 0; i < records; i++) readAt.push(now);
          passed.note(readAt.length, now);
          offset = Math.min(readAt.length, offset + committed);
          const told = passed.when(offset);
          if (told !== undefined) expect(told).toBeGreaterThanOrEqual(readAt[offset] ?? Infinity);
        }
      }),
    );
  });

  test('is known to a tenth, however long a record is held', () => {
    const passed = new PassedOffsets();
    const day = 86_400_000;
    for (let now = 0; now <= 7 * day; now += 60_000) {
      passed.note(now / 60_000 + 1, now);
      const lag = 3 * day;
      const held = Math.max(0, now - lag); // as with a sliding window of three days
      const told = passed.when(held / 60_000);
      expect(told).toBeGreaterThanOrEqual(held);
      if (told !== undefined) expect(told - held).toBeLessThanOrEqual(Math.max(60_000, lag / 10));
    }
  });
});
