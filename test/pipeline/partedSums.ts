import { delay, map, mergeMap, type Observable, of, pipe, timer } from 'rxjs';
import { assignTimestamps, filterRecords, flatMapValues, type StreamRecord } from '../../src/index';
import type { Input, Windows } from './reference';
import { type Amount, keyIn, Sums } from './sums';

/** A record with parts, each of which has a time of its own; its own timestamp says nothing. */
export interface Parted extends Input {
  readonly parts: readonly Input[];
  /** It is filtered out before time is assigned. */
  readonly dropped: boolean;
}

/** What stands before and behind `assignTimestamps`, ms. */
export interface Delays {
  /** Of every record: the order stays. */
  readonly before: number;
  /** Of parts, in turn: the order changes. */
  readonly after: readonly number[];
}

interface Line {
  readonly dropped: boolean;
  readonly parts: readonly (Amount & { readonly at: number })[];
}

/** A pipeline that sums the parts of records, at the times of the parts. */
export class PartedSums extends Sums {
  delays: Delays = { before: 0, after: [0] };

  override append(records: readonly Parted[], partition: number): void {
    this.kafka.append(
      'in',
      records.map(({ key, timestamp, dropped, parts }) => ({
        key: keyIn(partition, key),
        value: JSON.stringify({ dropped, parts: parts.map((part) => ({ key: part.key, value: part.value, at: part.timestamp })) }),
        timestamp,
        partition,
      })),
    );
  }

  protected override prepared(records$: Observable<StreamRecord<string, unknown>>): Observable<StreamRecord<string, Amount>> {
    const { before, after } = this.delays;
    let n = 0;
    return (records$ as Observable<StreamRecord<string, Line>>).pipe(
      before > 0 ? delay(before, this.time) : pipe(),
      filterRecords(({ dropped }) => !dropped),
      flatMapValues(({ parts }) => parts),
      assignTimestamps(({ at }) => at),
      mergeMap((part) => {
        const wait = after[n++ % after.length] ?? 0;
        return wait === 0 ? of(part) : timer(wait, this.time).pipe(map(() => part));
      }),
    );
  }
}

/** As `batch` does it: a part is late by the watermark of its partition before its record. */
export function batchOfParts(
  partitions: readonly (readonly Parted[])[],
  { size, every, grace, outOfOrderness }: Windows,
  merged: boolean,
): Map<string, number> {
  const sums = new Map<string, number>();
  partitions.forEach((records, partition) => {
    let watermark = -Infinity;
    for (const { parts, dropped, key: recordKey } of records) {
      if (dropped) continue;
      const stamp = watermark;
      for (const part of parts) {
        const key = merged ? part.key : keyIn(partition, recordKey);
        for (let start = Math.floor(part.timestamp / every) * every; start + size > part.timestamp; start -= every) {
          const name = `${key}@${start + size}`;
          if (start + size + grace > stamp) sums.set(name, (sums.get(name) ?? 0) + part.value);
        }
        watermark = Math.max(watermark, part.timestamp - outOfOrderness);
      }
    }
  });
  return sums;
}
