import { commitOffsets, flatMapValues, fromTopic, int32, json, keyBy, mapValues, reduceByKey, text, toTopic, tumbling } from 'millrace';
import { from, map, mergeMap } from 'rxjs';

/** Counts words in windows. */
export function wordCount(kafka, { scheduler, signal, until }) {
  return fromTopic(kafka, 'lines', { groupId: 'word-count', value: text, scheduler, signal, until }).pipe(
    flatMapValues((line) => line.split(' ')),
    keyBy((word) => word),
    mapValues(() => 1),
    reduceByKey((a, b) => a + b, { window: tumbling('10s'), grace: '2s' }),
    toTopic(kafka, 'counts', { key: text, value: int32 }),
    commitOffsets({ every: '1s' }),
  );
}

/** Looks prices up, a few at a time. */
export function withPrices(kafka, priceOf, { scheduler, signal, until }) {
  return fromTopic(kafka, 'orders', { groupId: 'prices', key: text, value: json(), scheduler, signal, until }).pipe(
    mergeMap((order) => from(priceOf(order.value.item)).pipe(map((price) => ({ ...order, value: { ...order.value, price } }))), 4),
    toTopic(kafka, 'priced', { key: text, value: json() }),
    commitOffsets({ every: '1s' }),
  );
}
