import type { MonoTypeOperatorFunction } from 'rxjs';
import { placeOf } from '../errors';
import { tapRecords } from '../operators/tapRecords';
import type { Place, StreamRecord, TimeWindow } from '../records';

/** Options of `print`. */
export interface PrintOptions<R extends StreamRecord> {
  /** What to print of a record. Default: its place or window, key and value on one line. */
  readonly format?: ((value: R['value'], record: R) => string) | undefined;
  /** Where to. Default `console.log`. */
  readonly to?: ((line: string) => void) | undefined;
}

/**
 * Prints each record and passes it on; for trying things out.
 *
 * Does nothing to offsets and keeps no state.
 *
 * @throws StreamError `CALLBACK_FAILED` in the error channel if `format` or `to` throws
 * @since 0.1.0
 * @example
 * ```ts
 * import { fromTopic, print, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('lines', [{ key: 'ann', value: 'to be' }]);
 * fromTopic(kafka, 'lines', { key: text, value: text, until: 'latest' }).pipe(print()).subscribe(); // lines[0]@0 ann: to be
 * ```
 */
export function print<R extends StreamRecord>(options: PrintOptions<R> = {}): MonoTypeOperatorFunction<R> {
  const { format = lineOf, to = (line) => console.log(line) } = options;
  return tapRecords((value: R['value'], record: R) => to(format(value, record)));
}

function lineOf(value: unknown, record: StreamRecord): string {
  return `${placeOrWindow(record)} ${shown(record.key)}: ${shown(value)}`;
}

function placeOrWindow(record: StreamRecord | (StreamRecord & Place) | (StreamRecord & { readonly window: TimeWindow })): string {
  if ('window' in record) return `[${record.window.start}, ${record.window.end})`;
  return 'offset' in record ? placeOf(record) : `${record.timestamp}`;
}

function shown(part: unknown): string {
  if (typeof part === 'string') return part;
  if (ArrayBuffer.isView(part)) return `${part.byteLength} bytes`;
  if (typeof part === 'bigint' || typeof part === 'symbol' || typeof part === 'function') return String(part);
  return JSON.stringify(part) ?? String(part);
}
