import { expect, test } from 'vitest';
import { settingsOf } from '../../../src/testing/broker/fakeSettings';
import { checkConfigQuery, configsOf } from '../../../src/testing/client/fakeConfigs';

const query = (resources: unknown, includeSynonyms = false) => ({ resources: resources as [], includeSynonyms });

test.each([
  ['no list', 'Invalid resources array'],
  [[], 'Resources array cannot be empty'],
  [[{ type: 3, name: 't' }], 'Invalid resource type: {"type":3,"name":"t"}'],
  [[{ type: 2 }], 'Invalid resource name'],
  [[{ type: 2, name: 't', configNames: 'retention.ms' }], 'Invalid resource configNames'],
])('what kafkajs refuses is refused: %j', (resources, words) => {
  expect(() => checkConfigQuery(query(resources))).toThrow(words);
});

test('what is not in memory says so', () => {
  expect(() => checkConfigQuery(query([{ type: 4, name: '0' }]))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  expect(() => checkConfigQuery(query([{ type: 2, name: 't' }], true))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  expect(() => checkConfigQuery(query([{ type: 2, name: 't', configNames: null }]))).not.toThrow();
});

test('each topic is told with the settings that were asked for', () => {
  const { resources } = configsOf(
    [
      { type: 2, name: 'a', configNames: ['retention.ms'] },
      { type: 2, name: 'b', configNames: ['cleanup.policy'] },
    ],
    (topic) => settingsOf({ 'retention.ms': topic === 'a' ? '5' : '6' }),
  );
  const told = { readOnly: false, isSensitive: false, configSynonyms: [] };
  expect(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries])).toEqual([
    ['a', [{ configName: 'retention.ms', configValue: '5', isDefault: false, configSource: 1, ...told }]],
    ['b', [{ configName: 'cleanup.policy', configValue: 'delete', isDefault: true, configSource: 5, ...told }]],
  ]);
});
