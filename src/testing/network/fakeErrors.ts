import { protocolErrors, type ProtocolErrorType } from './fakeProtocolErrors';

interface ErrorFields {
  readonly type?: ProtocolErrorType;
  /** Kafka's number of the error; a name where it is the network's. */
  readonly code?: number | string;
  readonly topic?: string;
  readonly partition?: number;
  /** `host:port` */
  readonly broker?: string;
  readonly host?: string;
  readonly port?: number;
  readonly sentAt?: number;
  readonly memberId?: string;
  readonly unknownPartitions?: readonly number[];
  readonly cause?: unknown;
  readonly retryCount?: number;
  readonly retryTime?: number;
  readonly errors?: readonly Error[];
  readonly groups?: readonly { readonly groupId: string; readonly errorCode: number; readonly error?: Error }[];
  readonly partitions?: readonly { readonly partition: number; readonly offset: string; readonly error: Error }[];
}

/** An error with the fields of kafkajs' errors. They are told apart by `name` and `type`, not by class: kafkajs may not even be installed. */
export class FakeKafkaError extends Error {
  override readonly name: string;
  readonly retriable: boolean;
  declare readonly type?: ProtocolErrorType;
  declare readonly code?: number | string;
  declare readonly port?: number;
  declare readonly memberId?: string;
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

/** The port of the first broker; the others have those that follow. */
const firstPort = 9_092;
const host = '127.0.0.1';

/** Where a broker listens. */
export function addressOf(nodeId: number): { readonly host: string; readonly port: number } {
  return { host, port: firstPort + nodeId };
}

/** The broker that listens at a port. */
export function nodeAt(port: number): number {
  return port - firstPort;
}

/** What the network reports, by the name that Node gives it. */
export const connectionErrors = {
  ECONNREFUSED: 'connect ECONNREFUSED',
  ECONNRESET: 'read ECONNRESET',
  ETIMEDOUT: 'connect ETIMEDOUT',
  EPIPE: 'write EPIPE',
} as const;

/** Why a connection to a broker fails; `CONNECTION_CLOSED` is an orderly end. */
export type ConnectionErrorType = keyof typeof connectionErrors | 'CONNECTION_CLOSED';

/** A connection that cannot be made, or breaks. */
export function connectionError(type: ConnectionErrorType, nodeId: number): FakeKafkaError {
  const port = firstPort + nodeId;
  const broker = `${host}:${port}`;
  if (type === 'CONNECTION_CLOSED') {
    return new FakeKafkaError('KafkaJSConnectionClosedError', 'Closed connection', true, { broker, host, port });
  }
  const what = connectionErrors[type];
  const message = `Connection error: ${what.startsWith('connect') ? `${what} ${broker}` : what}`;
  return new FakeKafkaError('KafkaJSConnectionError', message, true, { broker, code: type });
}

/** A request that was not answered in time; `request` as kafkajs describes it. */
export function requestTimeoutError(request: string, nodeId: number, sentAt: number): FakeKafkaError {
  const broker = `${host}:${firstPort + nodeId}`;
  return new FakeKafkaError('KafkaJSRequestTimeoutError', `Request ${request} timed out`, true, { broker, sentAt });
}

/** The client does not know a broker of this id (any more). */
export function brokerNotFound(nodeId: number): FakeKafkaError {
  return new FakeKafkaError('KafkaJSBrokerNotFound', `Broker ${nodeId} not found in the cached metadata`, true);
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
  return type === 'REBALANCE_IN_PROGRESS' || type === 'NOT_COORDINATOR_FOR_GROUP' || type === 'ILLEGAL_GENERATION';
}
