import { expect, test } from 'vitest';
import { admitted } from '../../../src/testing/broker/fakeAdmission';
import { defaultSettings } from '../../../src/testing/broker/fakeSettings';
import { batchSize } from '../../../src/testing/broker/fakeSizes';

const message = (key: string | null, timestamp = '5') => ({
  key: key === null ? null : Buffer.from(key),
  value: null,
  timestamp,
  headers: {},
});

test("a batch is as it was given, but for the time where that is the broker's", () => {
  const batch = [message('a'), message('b', '7')];
  expect(admitted(batch, defaultSettings, 100, undefined)).toBe(batch);
  expect(admitted(batch, { ...defaultSettings, hasAppendTime: true }, 100, undefined)).toEqual([message('a', '100'), message('b', '100')]);
});

test('a batch may be as large as its topic takes, compressed if it is', () => {
  const batch = [message('a'), message('b')];
  const settings = { ...defaultSettings, maxMessageBytes: batchSize(batch) };
  expect(admitted(batch, settings, 0, undefined)).toBe(batch);
  expect(() => admitted([...batch, message('c')], settings, 0, undefined)).toThrow(expect.objectContaining({ type: 'MESSAGE_TOO_LARGE' }));
  const three = [...batch, message('c')];
  expect(admitted(three, settings, 0, batchSize(batch))).toBe(three);
});

test('a compacted topic takes no record without a key', () => {
  const settings = { ...defaultSettings, isCompacted: true };
  const batch = [message(''), message('b')];
  expect(admitted(batch, settings, 0, undefined)).toBe(batch);
  expect(() => admitted([...batch, message(null)], settings, 0, undefined)).toThrow(expect.objectContaining({ type: 'INVALID_RECORD' }));
});
