import { expect, test } from 'vitest';
import { unknownTopic } from '../../src/kafka/unknownTopic';

test('an unknown topic is named, with the option that would make it', () => {
  expect(unknownTopic('lines', 'producer')).toMatchObject({ code: 'UNKNOWN_TOPIC', topic: 'lines' });
  expect(unknownTopic('lines', 'producer').message).toContain('producer: { allowAutoTopicCreation: true }');
  expect(unknownTopic('lines', 'consumer').message).toContain('consumer: { allowAutoTopicCreation: true }');
});
