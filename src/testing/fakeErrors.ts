/** Kafka's names of the errors that the fake gives, with code, whether it can be tried again, and the words of kafkajs. */
const protocolErrors = {
  OFFSET_OUT_OF_RANGE: [1, false, 'The requested offset is not within the range of offsets maintained by the server'],
  UNKNOWN_TOPIC_OR_PARTITION: [3, true, 'This server does not host this topic-partition'],
  MESSAGE_TOO_LARGE: [10, false, 'The request included a message larger than the max message size the server will accept'],
  OFFSET_METADATA_TOO_LARGE: [12, false, 'The metadata field of the offset request was too large'],
  INVALID_TOPIC_EXCEPTION: [17, false, 'The request attempted to perform an operation on an invalid topic'],
  ILLEGAL_GENERATION: [22, false, 'Specified group generation id is not valid'],
  INCONSISTENT_GROUP_PROTOCOL: [23, false, "The group member's supported protocols are incompatible with those of existing members"],
  UNKNOWN_MEMBER_ID: [25, false, 'The coordinator is not aware of this member'],
  REBALANCE_IN_PROGRESS: [27, false, 'The group is rebalancing, so a rejoin is needed'],
  TOPIC_ALREADY_EXISTS: [36, false, 'Topic with this name already exists'],
  INVALID_PARTITIONS: [37, false, 'Number of partitions is invalid'],
  INVALID_REPLICATION_FACTOR: [38, false, 'Replication-factor is invalid'],
  INVALID_CONFIG: [40, false, 'Configuration is invalid'],
  INVALID_RECORD: [87, false, 'This record has failed the validation on broker and hence be rejected'],
} as const;

/** Kafka's name of an error that the fake gives. */
export type ProtocolErrorType = keyof typeof protocolErrors;

interface ErrorFields {
  readonly type?: ProtocolErrorType;
  readonly code?: number;
  readonly topic?: string;
  readonly partition?: number;
  readonly cause?: unknown;
  readonly retryCount?: number;
  readonly retryTime?: number;
  readonly errors?: readonly Error[];
  readonly partitions?: readonly { readonly partition: number; readonly offset: string; readonly error: Error }[];
}

/** An error with the fields of kafkajs' errors. They are told apart by `name` and `type`, not by class: kafkajs may not even be installed. */
export class FakeKafkaError extends Error {
  override readonly name: string;
  readonly retriable: boolean;
  declare readonly type?: ProtocolErrorType;
  declare readonly code?: number;
  declare readonly topic?: string;
  declare readonly partition?: number;

  constructor(name: string, message: string, retriable: boolean, fields: ErrorFields = {}) {
    super(message);
    this.name = name;
    this.retriable = retriable;
    Object.assign(this, fields);
  }
}

/** What the broker refuses. `name` differs where kafkajs has a class for the error. */
export function protocolError(type: ProtocolErrorType, name = 'KafkaJSProtocolError', fields: ErrorFields = {}): FakeKafkaError {
  const [code, retriable, message] = protocolErrors[type];
  return new FakeKafkaError(name, message, retriable, { type, code, ...fields });
}

/** What kafkajs' client refuses by itself. */
export function nonRetriableError(message: string, cause?: unknown): FakeKafkaError {
  return new FakeKafkaError('KafkaJSNonRetriableError', message, false, cause === undefined ? {} : { cause });
}

/** An error of the client that may go well another time. */
export function retriableError(message: string, cause?: unknown): FakeKafkaError {
  return new FakeKafkaError('KafkaJSError', message, true, cause === undefined ? {} : { cause });
}

/** Several errors of one request. */
export function aggregateError(message: string, errors: readonly Error[]): FakeKafkaError {
  return new FakeKafkaError('KafkaJSAggregateError', message, false, { errors });
}

/** Kafka's name of the error, if it has one. */
export function typeOf(error: unknown): string | undefined {
  return error instanceof FakeKafkaError ? error.type : undefined;
}

/** The errors after which kafkajs joins its group again. */
export function meansRebalance(error: unknown): boolean {
  const type = typeOf(error);
  return type === 'REBALANCE_IN_PROGRESS' || type === 'ILLEGAL_GENERATION';
}
