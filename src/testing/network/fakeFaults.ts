import { StreamError } from '../../errors';
import { type Duration, toMillis } from '../../time/duration';
import { type ConnectionErrorType, connectionErrors } from './fakeErrors';
import { nearNames } from './fakeNearNames';
import { protocolErrors, type ProtocolErrorType } from './fakeProtocolErrors';
import { requestDescriptions } from './fakeRequests';

/** The requests that a client of Kafka makes. */
export type FakeRequest =
  | 'apiVersions'
  | 'metadata'
  | 'produce'
  | 'fetch'
  | 'listOffsets'
  | 'findCoordinator'
  | 'joinGroup'
  | 'syncGroup'
  | 'heartbeat'
  | 'leaveGroup'
  | 'offsetCommit'
  | 'offsetFetch'
  | 'initProducerId'
  | 'addPartitionsToTxn'
  | 'addOffsetsToTxn'
  | 'txnOffsetCommit'
  | 'endTxn'
  | 'createTopics'
  | 'createPartitions'
  | 'deleteTopics'
  | 'deleteRecords'
  | 'deleteGroups'
  | 'describeConfigs'
  | 'alterConfigs'
  | 'describeGroups'
  | 'listGroups';

/** What happens to a request. */
export type FaultOutcome =
  /**
   * The broker does not do it and answers with this error, by kafkajs' name (`'NOT_LEADER_FOR_PARTITION'`); or the connection fails before anything is done:
   * `'ECONNREFUSED'`, `'ECONNRESET'`, `'ETIMEDOUT'`, `'EPIPE'`, or closed by the broker, `'CONNECTION_CLOSED'`.
   */
  | { readonly error: string }
  /** The broker does it, and the connection closes before the answer. */
  | 'loseAnswer'
  /** The broker neither does it nor answers: the client gives up after its request timeout, 30 s. */
  | 'hang'
  /** The broker does it so much later, and what the client sends over the same connection after it later too. */
  | { readonly delay: Duration };

/** A fault: what happens to which requests. */
export interface Fault {
  readonly on: FakeRequest | readonly FakeRequest[];
  /** From which of them on, counted from 1 since it was arranged. Default 1. */
  readonly nth?: number | undefined;
  /** How many in a row; `Infinity` until it is taken back. Default 1. */
  readonly times?: number | undefined;
  /** Only those of this client: a client id, a member id or a transactional id. Default: of all. */
  readonly client?: string | undefined;
  /** Only those to the broker with this node id. Default: to all. */
  readonly broker?: number | undefined;
  readonly then: FaultOutcome;
}

/** A request, as faults look at it. */
export interface FaultTarget {
  readonly kind: FakeRequest;
  readonly nodeId: number;
  /** Whether the client goes by this name. */
  readonly isFrom: (name: string) => boolean;
}

/** What is done instead of a request. */
export type FaultEffect =
  | { readonly error: ProtocolErrorType }
  | { readonly broken: ConnectionErrorType }
  | { readonly loseAnswer: true }
  | { readonly hang: true }
  | { readonly delay: number };

interface Arranged {
  readonly kinds: readonly FakeRequest[];
  readonly fault: Fault;
  readonly effect: FaultEffect;
  readonly first: number;
  readonly last: number;
  count: number;
}

/** The faults that are arranged. Each counts the requests it is about, also those that another fault has hit; the one arranged first goes before. */
export class FakeFaults {
  readonly #arranged = new Set<Arranged>();

  /** The returned function takes it back. */
  inject(fault: Fault): () => void {
    const first = count(fault.nth ?? 1, 'nth', false);
    const last = first + count(fault.times ?? 1, 'times', true) - 1;
    const kinds = typeof fault.on === 'string' ? [fault.on] : [...fault.on];
    for (const kind of kinds) known(kind, Object.keys(requestDescriptions), 'on');
    const arranged = { kinds, fault, effect: effectOf(fault.then), first, last, count: 0 };
    this.#arranged.add(arranged);
    return () => void this.#arranged.delete(arranged);
  }

  /** What happens to a request; undefined if nothing does. */
  hit({ kind, nodeId, isFrom }: FaultTarget): FaultEffect | undefined {
    if (this.#arranged.size === 0) return undefined;
    let effect: FaultEffect | undefined;
    for (const arranged of this.#arranged) {
      const { kinds, fault, first, last } = arranged;
      if (!kinds.includes(kind) || (fault.broker ?? nodeId) !== nodeId) continue;
      if (fault.client !== undefined && !isFrom(fault.client)) continue;
      arranged.count++;
      if (arranged.count >= first) effect ??= arranged.effect;
      if (arranged.count >= last) this.#arranged.delete(arranged);
    }
    return effect;
  }
}

function effectOf(then: FaultOutcome): FaultEffect {
  if (then === 'loseAnswer') return { loseAnswer: true };
  if (then === 'hang') return { hang: true };
  if ('delay' in then) return { delay: toMillis(then.delay, 'delay') };
  const { error } = then;
  if (error === 'CONNECTION_CLOSED' || error in connectionErrors) return { broken: error as ConnectionErrorType };
  known(error, [...Object.keys(protocolErrors), ...Object.keys(connectionErrors), 'CONNECTION_CLOSED'], 'error');
  return { error: error as ProtocolErrorType };
}

function known(name: string, names: readonly string[], option: string): void {
  if (names.includes(name)) return;
  throw new StreamError(
    'INVALID_OPTION',
    `${option} is "${name}", which is none of those there are: is it ${nearNames(name, names).join(', ')}?`,
  );
}

function count(value: number, name: string, orInfinity: boolean): number {
  if ((Number.isInteger(value) && value >= 1) || (orInfinity && value === Infinity)) return value;
  throw new StreamError('INVALID_OPTION', `${name} is ${value}: it must be a whole number, 1 or more${orInfinity ? ', or Infinity' : ''}`);
}
