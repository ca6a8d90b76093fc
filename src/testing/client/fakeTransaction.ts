import type { KafkaTransaction } from '../../kafka/client';
import type { FakeEos } from './fakeEos';
import { nonRetriableError } from '../network/fakeErrors';
import type { Outcome } from '../broker/fakeTransactionIndex';

/** kafkajs' transaction: what it does is the producer's, as long as it has not ended. */
export class FakeTransaction implements KafkaTransaction {
  #ended = false;

  constructor(
    private readonly eos: FakeEos,
    private readonly produce: KafkaTransaction['sendBatch'],
  ) {}

  /** Also of a producer that has a successor by now: nobody tells it before it asks. */
  isActive(): boolean {
    return this.eos.isInTransaction && !this.#ended;
  }

  async send({ topic, messages, ...how }: Parameters<KafkaTransaction['send']>[0]): ReturnType<KafkaTransaction['send']> {
    return this.sendBatch({ topicMessages: [{ topic, messages }], ...how });
  }

  async sendBatch(batch: Parameters<KafkaTransaction['sendBatch']>[0]): ReturnType<KafkaTransaction['sendBatch']> {
    this.#mustBeActive();
    return this.produce(batch);
  }

  /** The offsets that the group has if, and when, the transaction is committed. */
  async sendOffsets({ consumerGroupId, topics }: Parameters<KafkaTransaction['sendOffsets']>[0]): Promise<void> {
    this.#mustBeActive();
    await this.eos.sendOffsets(consumerGroupId, topics);
  }

  commit(): Promise<void> {
    return this.#end('commit');
  }

  abort(): Promise<void> {
    return this.#end('abort');
  }

  async #end(outcome: Outcome): Promise<void> {
    this.#mustBeActive();
    await this.eos.end(outcome);
    this.#ended = true;
  }

  #mustBeActive(): void {
    if (!this.isActive()) throw nonRetriableError('Cannot continue to use transaction once ended');
  }
}
