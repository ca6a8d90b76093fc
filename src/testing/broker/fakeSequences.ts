import { protocolError } from '../network/fakeErrors';

/** Who appends a batch. */
export interface BatchProducer {
  readonly producerId: number;
  readonly epoch: number;
  /** Of its first message: how many this producer has sent to the partition before. */
  readonly sequence: number;
}

interface SentBatch {
  readonly sequence: number;
  readonly count: number;
  readonly baseOffset: number;
}

interface Producer {
  epoch: number;
  batches: SentBatch[];
}

/** As many batches of each producer are remembered, as Kafka does. */
const remembered = 5;

/** What a partition knows of those who produce to it with an id, so that what is sent again is stored once. */
export class FakeSequences {
  readonly #producers = new Map<number, Producer>();

  /**
   * The first offset of this very batch if it is there already; undefined if it is the next one.
   *
   * Refuses the batch of a producer that has a successor, and one that does not follow what came before.
   */
  known({ producerId, epoch, sequence }: BatchProducer, count: number): number | undefined {
    const producer = this.#producers.get(producerId);
    if (!producer) return undefined;
    if (epoch < producer.epoch) throw protocolError('INVALID_PRODUCER_EPOCH');
    const batches = epoch === producer.epoch ? producer.batches : [];
    const sent = batches.find((batch) => batch.sequence === sequence && batch.count === count);
    if (sent) return sent.baseOffset;
    const last = batches.at(-1);
    const expected = last ? last.sequence + last.count : epoch > producer.epoch ? 0 : sequence;
    if (sequence !== expected) throw protocolError('OUT_OF_ORDER_SEQUENCE_NUMBER');
    return undefined;
  }

  /** The batch has been stored. */
  stored({ producerId, epoch, sequence }: BatchProducer, count: number, baseOffset: number): void {
    this.raise(producerId, epoch);
    const producer = this.#producers.get(producerId);
    producer?.batches.push({ sequence, count, baseOffset });
    if (producer && producer.batches.length > remembered) producer.batches.shift();
  }

  /** From now on the producer has at least this epoch; a new epoch counts from 0. */
  raise(producerId: number, epoch: number): void {
    const producer = this.#producers.get(producerId);
    if (!producer || producer.epoch < epoch) this.#producers.set(producerId, { epoch, batches: [] });
  }
}
