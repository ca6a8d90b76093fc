import type { KafkaMessage } from '../../kafka/client';
import type { LogBatch } from '../broker/fakeLog';
import type { AbortedTransaction } from '../broker/fakeTransactionIndex';

/**
 * Leaves out what was aborted, as kafkajs does, mistakes included: a test that they can break is a test that a program in production can fail.
 *
 * It takes the aborted transactions to be in the order of their beginnings, while Kafka tells them in the order of their ends; it enters at most one of them
 * at each message; and it takes any message whose key is four bytes of zero for the mark of an abort. So where transactions overlap, or such a key is used,
 * messages can come that were aborted.
 */
export function withoutAborted(batches: readonly LogBatch[], aborted: readonly AbortedTransaction[]): readonly LogBatch[] {
  if (aborted.length === 0) return batches;
  const ahead = [...aborted];
  const entered = new Set<number>();
  return batches.map((batch) => {
    const messages = batch.messages.filter(({ offset, key }) => {
      const next = ahead[0];
      if (next && Number(offset) >= next.firstOffset) {
        ahead.shift();
        entered.add(next.producerId);
      }
      if (batch.transactionOf === undefined) return true;
      if (isAbortMark(key)) entered.delete(batch.transactionOf);
      return !entered.has(batch.transactionOf);
    });
    return { ...batch, messages };
  });
}

function isAbortMark(key: KafkaMessage['key']): boolean {
  return key?.length === 4 && key.every((byte) => byte === 0);
}
