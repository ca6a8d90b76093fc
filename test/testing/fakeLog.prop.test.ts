import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeLog } from '../../src/testing/fakeLog';

const logOf = (messages: readonly { readonly timestamp: number; readonly size: number }[]): FakeLog => {
  const log = new FakeLog('t', 0, 0);
  log.append(
    messages.map(({ timestamp, size }) => ({ key: null, value: new Uint8Array(size), timestamp: String(timestamp), headers: {} })),
  );
  return log;
};
const messages = fc.array(fc.record({ timestamp: fc.integer({ min: -5, max: 20 }), size: fc.nat(30) }), { maxLength: 30 });

test('the offset of a time is that of the first message that is as new, also where time runs backwards', () => {
  fc.assert(
    fc.property(messages, fc.integer({ min: -6, max: 21 }), (appended, time) => {
      const first = appended.findIndex(({ timestamp }) => timestamp >= time);
      expect(logOf(appended).offsetAt(time)).toBe(first === -1 ? undefined : first);
    }),
  );
});

test('reads of any size, one after the other, give every message once and in order', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.nat(100), { minLength: 1 }), (appended, sizes) => {
      const log = logOf(appended);
      const read: string[] = [];
      let next = 0;
      for (let turn = 0; next < log.end; turn++) {
        const maxBytes = sizes[turn % sizes.length] ?? 0;
        const slice = log.read(next, log.end, maxBytes, true);
        expect(slice.messages.length > 1 ? slice.bytes : 0).toBeLessThanOrEqual(maxBytes);
        expect(slice.messages.length).toBe(slice.next - next);
        read.push(...slice.messages.map(({ offset }) => offset));
        next = slice.next;
      }
      expect(read).toEqual(appended.map((_, offset) => String(offset)));
    }),
  );
});

test('a read that may be empty gives nothing of a message that is too large', () => {
  const log = logOf([{ timestamp: 0, size: 100 }]);
  expect(log.read(0, log.end, 50, false)).toEqual({ messages: [], next: 0, bytes: 0 });
});
