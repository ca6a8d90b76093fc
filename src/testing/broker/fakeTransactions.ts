import type { Subscription } from 'rxjs';
import type { FakeClock } from '../network/fakeConnection';
import { protocolError } from '../network/fakeErrors';
import type { Outcome } from './fakeTransactionIndex';

/** One life of a producer: who comes later under the same transactional id has a greater epoch. */
export interface ProducerLife {
  readonly producerId: number;
  readonly epoch: number;
}

/** What a transaction changes: a partition, or the offsets of a group. */
export interface Participant {
  /** Keeps what this producer's transaction has written, or forgets it. */
  endTransaction(producer: ProducerLife, outcome: Outcome, now: number): void;
}

interface Owner {
  readonly producerId: number;
  epoch: number;
  /** ms */
  timeout: number;
  /** Undefined when no transaction is under way. */
  open: { readonly participants: Set<Participant>; readonly timer: Subscription } | undefined;
  lastOutcome: Outcome | undefined;
}

/** Kafka's default of `transaction.max.timeout.ms`. */
const longestTimeout = 900_000;

/** The coordinator of transactions: who owns a transactional id, and what its open transaction takes part in. */
export class FakeTransactions {
  readonly #owners = new Map<string, Owner>();
  #producers = 0;

  constructor(private readonly clock: FakeClock) {}

  /** Another life of the producer with this transactional id; without one, a producer that nobody succeeds. */
  initProducerId(transactionalId?: string, timeout = 0): ProducerLife {
    if (transactionalId === undefined) return { producerId: this.#producers++, epoch: 0 };
    if (timeout <= 0 || timeout > longestTimeout) throw protocolError('INVALID_TRANSACTION_TIMEOUT');
    let owner = this.#owners.get(transactionalId);
    if (!owner) {
      owner = { producerId: this.#producers++, epoch: -1, timeout, open: undefined, lastOutcome: undefined };
      this.#owners.set(transactionalId, owner);
    }
    if (owner.open) {
      // Kafka ends what the former owner has begun before it lets a new one in, and has the new one ask again meanwhile.
      this.#fence(owner);
      throw protocolError('CONCURRENT_TRANSACTIONS');
    }
    owner.timeout = timeout;
    owner.lastOutcome = undefined;
    owner.epoch++;
    return { producerId: owner.producerId, epoch: owner.epoch };
  }

  /** Takes these into the producer's transaction, which begins with the first. */
  add(transactionalId: string, life: ProducerLife, participants: readonly Participant[]): void {
    const owner = this.#owner(transactionalId, life);
    owner.open ??= {
      participants: new Set(),
      timer: this.clock.scheduler.schedule(() => this.#fence(owner), owner.timeout),
    };
    for (const participant of participants) owner.open.participants.add(participant);
  }

  /** Refuses who has a successor, or writes where its transaction does not take part (any more). */
  verify(transactionalId: string, life: ProducerLife, participant: Participant): void {
    if (!this.#owner(transactionalId, life).open?.participants.has(participant)) throw protocolError('INVALID_TXN_STATE');
  }

  /** Ends the producer's transaction. Once more the same is no mistake: its answer may have been lost. */
  end(transactionalId: string, life: ProducerLife, outcome: Outcome): void {
    const owner = this.#owner(transactionalId, life);
    if (owner.open) this.#end(owner, outcome);
    else if (owner.lastOutcome !== outcome) throw protocolError('INVALID_TXN_STATE');
  }

  #owner(transactionalId: string, { producerId, epoch }: ProducerLife): Owner {
    const owner = this.#owners.get(transactionalId);
    if (owner?.producerId !== producerId) throw protocolError('INVALID_PRODUCER_ID_MAPPING');
    if (owner.epoch !== epoch) throw protocolError('INVALID_PRODUCER_EPOCH');
    return owner;
  }

  /** Aborts in the name of a successor: the owner's requests are refused from now on, and so are those that are on their way. */
  #fence(owner: Owner): void {
    owner.epoch++;
    this.#end(owner, 'abort');
  }

  #end(owner: Owner, outcome: Outcome): void {
    const { open, producerId, epoch } = owner;
    owner.open = undefined;
    owner.lastOutcome = outcome;
    open?.timer.unsubscribe();
    const now = this.clock.scheduler.now();
    for (const participant of open?.participants ?? []) participant.endTransaction({ producerId, epoch }, outcome, now);
  }
}
