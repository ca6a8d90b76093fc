import { expect, test } from 'vitest';
import { defaultSettings, describedSettings, settingsOf } from '../../../src/testing/broker/fakeSettings';

test('settings have their effect by the names of Kafka', () => {
  expect(settingsOf({})).toEqual(defaultSettings);
  expect(
    settingsOf({
      'cleanup.policy': 'compact, delete',
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': '10',
      'retention.ms': '60000',
      'retention.bytes': '-1',
      'segment.ms': '1',
      'compression.type': 'zstd',
    }),
  ).toEqual({
    isCompacted: true,
    isDeleted: true,
    hasAppendTime: true,
    maxMessageBytes: 10,
    retentionMs: 60_000,
    retentionBytes: Infinity,
    config: expect.objectContaining({ 'retention.ms': '60000', 'compression.type': 'zstd' }) as unknown,
  });
});

test('a topic that is only compacted has no retention', () => {
  expect(settingsOf({ 'cleanup.policy': 'compact' })).toMatchObject({ isCompacted: true, isDeleted: false });
});

test.for([
  ['retention.MS', '1'],
  ['constructor', '1'],
  ['cleanup.policy', 'compact;delete'],
  ['retention.ms', '1.5'],
  ['retention.ms', ''],
  ['retention.bytes', '-2'],
  ['max.message.bytes', '1e3'],
  ['segment.bytes', '1024'],
] as const)('the setting %s = "%s" is refused', ([name, value]) => {
  expect(() => settingsOf({ [name]: value })).toThrow(expect.objectContaining({ type: 'INVALID_CONFIG', code: 40 }));
});

test('settings are described as they were given, and by default', () => {
  const settings = settingsOf({ 'retention.ms': ' 60000', 'segment.ms': '5' });
  expect(describedSettings(settings, ['retention.ms', 'segment.ms', 'cleanup.policy', 'no.such'])).toEqual([
    { name: 'segment.ms', value: '5', isDefault: false },
    { name: 'cleanup.policy', value: 'delete', isDefault: true },
    { name: 'retention.ms', value: ' 60000', isDefault: false },
  ]);
  expect(describedSettings(defaultSettings)).toHaveLength(33);
});
