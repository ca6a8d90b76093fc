import { StreamError } from '../../errors';
import { describedSettings, type TopicSettings } from '../broker/fakeSettings';
import type { FakeKafkaAdmin } from './fakeClients';
import { nonRetriableError } from '../network/fakeErrors';

type Query = Parameters<FakeKafkaAdmin['describeConfigs']>[0];
type Configs = Awaited<ReturnType<FakeKafkaAdmin['describeConfigs']>>;

/** kafkajs' numbers for what has settings: unknown, a topic, a broker, the logger of a broker. */
const topicResource = 2;
const resourceTypes = [0, topicResource, 4, 8];
/** And for where a setting is from. */
const ofTopic = 1;
const byDefault = 5;

/** Refuses what kafkajs refuses, and what is not in memory. */
export function checkConfigQuery({ resources, includeSynonyms }: Query): void {
  if (!Array.isArray(resources)) throw nonRetriableError(`Invalid resources array ${String(resources)}`);
  if (resources.length === 0) throw nonRetriableError('Resources array cannot be empty');
  const refuse = (what: string, isInvalid: (resource: { type: unknown; name: unknown; configNames?: unknown }) => boolean): void => {
    const invalid = resources.find(isInvalid);
    if (invalid) throw nonRetriableError(`Invalid resource ${what}: ${JSON.stringify(invalid)}`);
  };
  refuse('type', ({ type }) => !resourceTypes.includes(type as number));
  refuse('name', ({ name }) => typeof name !== 'string' || name === '');
  refuse('configNames', ({ configNames = null }) => configNames !== null && !Array.isArray(configNames));
  if (includeSynonyms || resources.some(({ type }) => type !== topicResource)) {
    throw new StreamError(
      'UNSUPPORTED',
      'describeConfigs of FakeKafka has topics only, and no synonyms: is this for a test against a real Kafka?',
    );
  }
}

/** The settings of topics, as kafkajs gives them. */
export function configsOf(resources: Query['resources'], settingsOf: (topic: string) => TopicSettings): Configs {
  return {
    resources: resources.map(({ name: topic, configNames: names }) => ({
      errorCode: 0,
      errorMessage: '',
      resourceType: topicResource,
      resourceName: topic,
      configEntries: describedSettings(settingsOf(topic), names?.length ? names : undefined).map(({ name, value, isDefault }) => ({
        configName: name,
        configValue: value,
        readOnly: false,
        isDefault,
        configSource: isDefault ? byDefault : ofTopic,
        isSensitive: false,
        configSynonyms: [],
      })),
    })),
    throttleTime: 0,
  };
}
