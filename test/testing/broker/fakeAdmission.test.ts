import { expect, test } from 'vitest';
import { admitted } from '../../../src/testing/broker/fakeAdmission';
import { defaultSettings } from '../../../src/testing/broker/fakeSettings';

const message = (key: string | null, timestamp = '5') => ({
  key: key === null ? null : Buffer.from(key),
  value: null,
  timestamp,
  headers: {},
});

test("a batch is as it was given, but for the time where that is the broker's", () => {
  const batch = [message('a'), message('b', '7')];
  expect(admitted(batch, defaultSettings, 100, 9)).toBe(batch);
  expect(admitted(batch, { ...defaultSettings, hasAppendTime: true }, 100, 9)).toEqual([message('a', '100'), message('b', '100')]);
});

test('a batch may be as large as its topic takes', () => {
  const batch = [message('a'), message('b')];
  const settings = { ...defaultSettings, maxMessageBytes: 80 };
  expect(admitted(batch, settings, 0, 80)).toBe(batch);
  expect(() => admitted(batch, settings, 0, 81)).toThrow(expect.objectContaining({ type: 'MESSAGE_TOO_LARGE' }));
});

test('a compacted topic takes no record without a key', () => {
  const settings = { ...defaultSettings, isCompacted: true };
  const batch = [message(''), message('b')];
  expect(admitted(batch, settings, 0, 9)).toBe(batch);
  expect(() => admitted([...batch, message(null)], settings, 0, 9)).toThrow(expect.objectContaining({ type: 'INVALID_RECORD' }));
});
