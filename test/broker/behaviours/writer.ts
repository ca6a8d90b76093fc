import type { Fault } from 'millrace/testing';
import { expect } from 'vitest';
import type { KafkaProducer, KafkaProducerConfig, KafkaTransaction } from '../../../src/kafka/client';
import { uniqueName } from '../realKafka';
import { errorType, eventually } from './behaviour';
import type { Trial } from './trial';

/** A producer of transactions, in a process of its own. */
export class Writer {
  readonly id: string;
  readonly producer: KafkaProducer;
  /** Arranges a fault of what it asks. */
  readonly inject: (fault: Fault) => () => void;

  constructor(trial: Trial, { transactionalId = uniqueName('writer'), ...config }: KafkaProducerConfig = {}) {
    this.id = transactionalId;
    const client = trial.broker.kafka();
    this.inject = (fault) => trial.broker.inject(client, fault);
    this.producer = client.producer({ allowAutoTopicCreation: false, transactionalId, ...config });
  }

  /** A transaction that has sent these texts to partition 0, each in a request of its own. */
  async open(topic: string, ...values: string[]): Promise<KafkaTransaction> {
    const transaction = await this.producer.transaction();
    for (const value of values) await transaction.send({ topic, messages: [{ partition: 0, value }] });
    return transaction;
  }

  async commit(topic: string, ...values: string[]): Promise<void> {
    await (await this.open(topic, ...values)).commit();
  }

  async abort(topic: string, ...values: string[]): Promise<void> {
    await (await this.open(topic, ...values)).abort();
  }
}

/** A connected writer. */
export async function writer(trial: Trial, config: KafkaProducerConfig = {}): Promise<Writer> {
  const made = new Writer(trial, config);
  await trial.connected(made.producer);
  return made;
}

/** Waits until partition 0 ends here for those who read what is committed: a broker answers a commit before it has written all marks. */
export async function ended(trial: Trial, topic: string, high: number): Promise<void> {
  const admin = await trial.admin();
  await eventually(async () =>
    expect((await admin.fetchTopicOffsets(topic)).find(({ partition }) => partition === 0)?.high).toBe(`${high}`),
  );
}

/** Sends offsets as often as the broker says that it is not done with the transaction before: unlike a send, kafkajs does not try that again. */
export async function sendOffsets(transaction: KafkaTransaction, offsets: Parameters<KafkaTransaction['sendOffsets']>[0]): Promise<void> {
  for (;;) {
    try {
      await transaction.sendOffsets(offsets);
      return;
    } catch (error) {
      if (errorType(error) !== 'CONCURRENT_TRANSACTIONS') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
