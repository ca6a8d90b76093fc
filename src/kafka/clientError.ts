import { isStreamError, StreamError, type StreamErrorCode, type StreamErrorDetails } from '../errors';

/** What the fields of kafkajs' errors tell. Names and types, not classes: the client may be another copy of kafkajs, or a fake. */
interface ClientError {
  readonly name?: unknown;
  readonly message?: unknown;
  /** Kafka's name of a broker's error. */
  readonly type?: unknown;
  readonly retriable?: unknown;
  readonly cause?: unknown;
  /** Of an aggregate. */
  readonly errors?: unknown;
}

/** What kafkajs' error means, and what to check then. */
type Meaning = readonly [code: StreamErrorCode, check: string];

const unknownTopic: Meaning = [
  'UNKNOWN_TOPIC',
  'is the name right, and has the topic been created? (allowAutoTopicCreation: true among the options for the client lets it be created)',
];
const notAuthorized: Meaning = ['NOT_AUTHORIZED', 'does this user have the ACL for it?'];
const notAuthenticated: Meaning = [
  'NOT_AUTHENTICATED',
  'are mechanism, user name and password in `sasl` right, and does the listener speak SASL?',
];
const unreachable: Meaning = [
  'BROKER_UNREACHABLE',
  'is the broker up, are its address and `ssl` right, and does it advertise an address that can be reached from here?',
];
const unsupported: Meaning = ['UNSUPPORTED', 'does the broker speak this version, and is the compression codec registered with kafkajs?'];
const fenced: Meaning = ['FENCED', 'has another instance taken over with the same id?'];

/** By the name of a broker's error, or of kafkajs' own. */
const meanings = new Map<unknown, Meaning>([
  ['UNKNOWN_TOPIC_OR_PARTITION', unknownTopic],
  ['INVALID_TOPIC_EXCEPTION', unknownTopic],
  ['TOPIC_AUTHORIZATION_FAILED', notAuthorized],
  ['GROUP_AUTHORIZATION_FAILED', notAuthorized],
  ['CLUSTER_AUTHORIZATION_FAILED', notAuthorized],
  ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', notAuthorized],
  ['DELEGATION_TOKEN_AUTHORIZATION_FAILED', notAuthorized],
  ['SASL_AUTHENTICATION_FAILED', notAuthenticated],
  ['UNSUPPORTED_SASL_MECHANISM', notAuthenticated],
  ['ILLEGAL_SASL_STATE', notAuthenticated],
  ['KafkaJSSASLAuthenticationError', notAuthenticated],
  ['INVALID_PRODUCER_EPOCH', fenced],
  ['TRANSACTION_COORDINATOR_FENCED', fenced],
  ['FENCED_INSTANCE_ID', fenced],
  ['UNSUPPORTED_VERSION', unsupported],
  ['UNSUPPORTED_COMPRESSION_TYPE', unsupported],
  ['KafkaJSServerDoesNotSupportApiKey', unsupported],
  ['KafkaJSNotImplemented', unsupported],
  ['BROKER_NOT_AVAILABLE', unreachable],
  ['NETWORK_EXCEPTION', unreachable],
  ['KafkaJSConnectionError', unreachable],
  ['KafkaJSConnectionClosedError', unreachable],
  ['KafkaJSRequestTimeoutError', unreachable],
  ['KafkaJSBrokerNotFound', unreachable],
  ['KafkaJSNoBrokerAvailableError', unreachable],
]);

/** What to check where the error keeps the code of what was being done. */
const checks = new Map<unknown, string>([
  ['MESSAGE_TOO_LARGE', "is a record, or a batch of up to 1 MB, larger than the topic's max.message.bytes?"],
  ['RECORD_LIST_TOO_LARGE', "is the batch larger than the topic's segment.bytes?"],
  ['NOT_ENOUGH_REPLICAS', 'are fewer replicas in sync than min.insync.replicas asks for?'],
  ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'are fewer replicas in sync than min.insync.replicas asks for?'],
  ['INVALID_RECORD', 'is the topic compacted, which needs a key in every record?'],
  [
    'INVALID_TIMESTAMP',
    "is the event time further from now than the topic's message.timestamp.before.max.ms or message.timestamp.after.max.ms allows?",
  ],
  ['POLICY_VIOLATION', "what does the broker's policy demand?"],
  ['OFFSET_METADATA_TOO_LARGE', "is the broker's offset.metadata.max.bytes below its default of 4096?"],
  ['REQUEST_TIMED_OUT', 'are the replicas keeping up?'],
]);

/**
 * Names what a client threw, with the error's own words and what to check.
 *
 * kafkajs wraps: when it has given up trying, the broker's error is the `cause`, and the wrapper says that nothing can be tried again. So the innermost error
 * decides. `doing` is a verb with its object, as in "could not …"; `otherwise` is the code of an error that says no more than that it failed.
 */
export function clientError(
  error: unknown,
  doing: string,
  details: StreamErrorDetails = {},
  otherwise: StreamErrorCode = 'CONSUMER_FAILED',
): StreamError {
  if (isStreamError(error)) return error;
  const chain = chainOf(error);
  const names = chain.flatMap(({ type, name }) => [type, name]).reverse();
  const [code, check] = find(meanings, names) ?? [otherwise, find(checks, names)];
  const innermost = chain.at(-1);
  const said = String(innermost?.message ?? error).replace(/[\s.]+$/, '');
  return new StreamError(code, `could not ${doing}: ${said}${check === undefined ? '' : `: ${check}`}`, {
    ...details,
    retriable: chain.findLast(({ retriable }) => typeof retriable === 'boolean')?.retriable === true,
    cause: error,
  });
}

/** The error and its causes, innermost last. */
function chainOf(error: unknown): ClientError[] {
  const chain: ClientError[] = [];
  for (let at: unknown = error; isObject(at) && !chain.includes(at);) {
    chain.push(at);
    at = at.cause ?? (Array.isArray(at.errors) ? at.errors[0] : undefined);
  }
  return chain;
}

function isObject(value: unknown): value is ClientError {
  return typeof value === 'object' && value !== null;
}

function find<T>(map: ReadonlyMap<unknown, T>, names: readonly unknown[]): T | undefined {
  const name = names.find((candidate) => map.has(candidate));
  return name === undefined ? undefined : map.get(name);
}
