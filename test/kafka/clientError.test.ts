import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { StreamError } from '../../src/errors';
import { clientError } from '../../src/kafka/clientError';

// kafkajs' own errors, as its code makes them.
const require = createRequire(import.meta.url);
const errors = require('kafkajs/src/errors') as Record<string, new (message: unknown, details?: unknown) => Error>;
const { createErrorFromCode } = require('kafkajs/src/protocol/error') as { createErrorFromCode: (code: number) => Error };

function made(name: string, message: unknown, details: unknown = {}): Error {
  const Made = errors[name];
  if (!Made) throw new Error(`kafkajs has no ${name}`);
  return new Made(message, details);
}

/** What kafkajs rejects with when it has given up. */
function givenUp(error: Error): Error {
  return made('KafkaJSNumberOfRetriesExceeded', error, { retryCount: 5, retryTime: 300 });
}

describe('what kafkajs throws gets a code', () => {
  test.each([
    ['UNKNOWN_TOPIC', createErrorFromCode(3), true],
    ['UNKNOWN_TOPIC', createErrorFromCode(17), false],
    ['NOT_AUTHORIZED', createErrorFromCode(29), false],
    ['NOT_AUTHORIZED', createErrorFromCode(30), false],
    ['NOT_AUTHORIZED', createErrorFromCode(31), false],
    ['NOT_AUTHORIZED', createErrorFromCode(53), false],
    ['NOT_AUTHORIZED', createErrorFromCode(65), false],
    ['NOT_AUTHENTICATED', made('KafkaJSSASLAuthenticationError', 'SASL PLAIN authentication failed'), false],
    ['NOT_AUTHENTICATED', createErrorFromCode(58), false],
    ['NOT_AUTHENTICATED', createErrorFromCode(33), false],
    ['NOT_AUTHENTICATED', createErrorFromCode(34), false],
    ['BROKER_UNREACHABLE', createErrorFromCode(8), false],
    ['BROKER_UNREACHABLE', createErrorFromCode(13), true],
    ['BROKER_UNREACHABLE', made('KafkaJSConnectionClosedError', 'Closed connection'), true],
    ['BROKER_UNREACHABLE', made('KafkaJSBrokerNotFound', 'Broker 3 not found in the cached metadata'), true],
    ['BROKER_UNREACHABLE', made('KafkaJSNoBrokerAvailableError', ''), true],
    ['BROKER_UNREACHABLE', made('KafkaJSConnectionError', 'Connection error: connect ECONNREFUSED 127.0.0.1:1'), true],
    ['BROKER_UNREACHABLE', made('KafkaJSRequestTimeoutError', 'Request Produce timed out'), true],
    ['FENCED', createErrorFromCode(47), false],
    ['FENCED', createErrorFromCode(52), false],
    ['FENCED', createErrorFromCode(82), false],
    ['UNSUPPORTED', createErrorFromCode(35), false],
    ['UNSUPPORTED', createErrorFromCode(76), false],
    ['UNSUPPORTED', made('KafkaJSServerDoesNotSupportApiKey', 'The Kafka server does not support the requested API version'), false],
    ['UNSUPPORTED', made('KafkaJSNotImplemented', 'Snappy compression not implemented'), false],
    ['PRODUCE_FAILED', createErrorFromCode(10), false],
    ['PRODUCE_FAILED', createErrorFromCode(19), true],
    ['PRODUCE_FAILED', new Error('out of the blue'), false],
  ] as const)('%s', (code, error, retriable) => {
    for (const thrown of [error, givenUp(error), made('KafkaJSNonRetriableError', error, { cause: error })]) {
      const named = clientError(thrown, 'write to counts[2]', { topic: 'counts', partition: 2 }, 'PRODUCE_FAILED');
      expect(named).toMatchObject({ code, retriable, topic: 'counts', partition: 2, cause: thrown });
    }
  });
});

test('the message says what was being done, what the broker said, and what to check', () => {
  expect(clientError(givenUp(createErrorFromCode(3)), 'write to counts').message).toBe(
    'could not write to counts: This server does not host this topic-partition: is the name right, and has the topic been created? (allowAutoTopicCreation: true among the options for the client lets it be created)',
  );
  expect(clientError(createErrorFromCode(10), 'write to counts[2]').message).toMatch(/: is a record, .*max\.message\.bytes\?$/);
  expect(clientError(new Error('out of the blue.'), 'read lines').message).toBe('could not read lines: out of the blue');
});

test('an error that says nothing more is CONSUMER_FAILED unless told otherwise', () => {
  expect(clientError(new Error('no'), 'read lines').code).toBe('CONSUMER_FAILED');
  expect(clientError('text', 'commit', {}, 'COMMIT_FAILED')).toMatchObject({
    code: 'COMMIT_FAILED',
    message: 'could not commit: text',
    cause: 'text',
  });
  expect(clientError(undefined, 'commit').message).toBe('could not commit: undefined');
});

test.each([
  [7, 'keeping up'],
  [10, 'max.message.bytes'],
  [12, 'offset.metadata.max.bytes'],
  [18, 'segment.bytes'],
  [19, 'min.insync.replicas'],
  [20, 'min.insync.replicas'],
  [32, 'message.timestamp.before.max.ms'],
  [44, 'policy'],
  [87, 'compacted'],
])('the message says what to check where the broker answers %i: %s', (code, check) => {
  const { message } = clientError(givenUp(createErrorFromCode(code)), 'write to counts[2]', {}, 'PRODUCE_FAILED');
  expect(message.split(': ').at(-1)).toContain(check);
});

test('the innermost of the errors that say something decides', () => {
  const closed: Error & { cause?: unknown } = made('KafkaJSConnectionClosedError', 'Closed connection');
  closed.cause = createErrorFromCode(29);
  expect(clientError(closed, 'read lines').code).toBe('NOT_AUTHORIZED');
});

test('the first of several errors decides', () => {
  const several = Object.assign(new Error('Topic creation errors'), {
    name: 'KafkaJSAggregateError',
    errors: [createErrorFromCode(29), createErrorFromCode(3)],
  });
  expect(clientError(several, 'create counts').code).toBe('NOT_AUTHORIZED');
});

test('a cause that is its own cause ends', () => {
  const error: Error & { cause?: unknown } = new Error('round');
  error.cause = error;
  expect(clientError(error, 'read').message).toBe('could not read: round');
});

test('our own errors are left alone', () => {
  const error = new StreamError('DATA_LOST', 'gone');
  expect(clientError(error, 'read')).toBe(error);
});
