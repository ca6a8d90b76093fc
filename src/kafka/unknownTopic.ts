import { StreamError } from '../errors';

/** The topic is not there, and may not be made. `client` is the option that would allow it. */
export function unknownTopic(topic: string, client: 'consumer' | 'producer'): StreamError {
  return new StreamError(
    'UNKNOWN_TOPIC',
    `there is no topic "${topic}": is the name right, and has it been created? (kafkajs would create it; pass ${client}: { allowAutoTopicCreation: true } for that)`,
    { topic },
  );
}
