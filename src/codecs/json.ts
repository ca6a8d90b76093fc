import type { Codec } from './codec';
import { text } from './text';

/**
 * JSON; `parse` (a schema's own `parse`, say) checks what was read and gives it its type, without it the type is a claim.
 *
 * What has no JSON (`undefined`, a function, a bigint) is `ENCODE_FAILED`; what is not JSON, and what `parse` refuses, is `DECODE_FAILED`.
 *
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, json } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('orders', [{ value: '{"amount": 12}' }]);
 * fromTopic(kafka, 'orders', { value: json<{ amount: number }>(), until: 'latest' }).subscribe(({ value }) => console.log(value.amount)); // 12
 * ```
 */
export function json<T>(parse?: (value: unknown) => T): Codec<T> {
  return {
    encode: (value) => {
      const written: string | undefined = JSON.stringify(value);
      if (written === undefined) throw new TypeError(`there is no JSON for ${typeof value}`);
      return written;
    },
    decode: (bytes) => {
      const read: unknown = JSON.parse(text.decode(bytes));
      return parse ? parse(read) : (read as T);
    },
  };
}
