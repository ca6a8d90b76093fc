import type { OperatorFunction } from 'rxjs';
import { StreamError } from '../errors';
import type { Key, RecordHeaders, StreamRecord, WindowedRecord } from '../records';
import type { RunHandle } from '../run/scope';
import { shareOf } from '../run/share';
import { type AssignedWindow, lastEndOf, tableFor } from '../run/tables/tableFor';
import type { WindowedStage } from '../run/windowedStage';
import { type Duration, toMillis } from '../time/duration';
import type { Folding } from '../time/folding';
import { callbackFailed, whereOf } from './callbackFailed';
import { operate } from './operate';

/** A record that may be keyed by: its key is never null. */
export type KeyedRecord = StreamRecord<Key>;

/** What all windowed operators take. */
export interface WindowOptions<R extends StreamRecord = StreamRecord> {
  /** How records are put into windows: `tumbling('10s')`, `hopping('1m', { every: '10s' })`, `calendar('day')`, or a window of your own. */
  readonly window: AssignedWindow<R>;
  /** How long a window stays open past its end, ms or a duration. It delays the result and lets records that come behind the watermark count; it does not give a second result. Default 0. */
  readonly grace?: Duration | undefined;
  /** When results are given: once, when the window closes. Default `'onClose'`. */
  readonly emit?: 'onClose' | undefined;
}

/** What windowed operators with a key take. */
export interface ByKeyOptions<R extends StreamRecord = StreamRecord> extends WindowOptions<R> {}

/** What windowed operators without a key take. */
export interface ByWindowOptions<R extends StreamRecord = StreamRecord> extends WindowOptions<R> {}

/** What has a state of its own in each window: each key, each value, or nothing but the window. Only what has its key from the topic lives in one partition. */
type By = 'key' | 'value' | 'window';

const noHeaders: RecordHeaders = Object.freeze(Object.create(null) as RecordHeaders);

/** The shell that windowed operators share: what it folds and gives is the operator's, when windows close is the run's. */
export function windowed<R extends StreamRecord, K, S, V = S>(
  name: string,
  by: By,
  folding: Folding<R, S>,
  { window, grace = 0, emit = 'onClose' }: WindowOptions<R>,
  resultOf?: (state: S) => V,
): OperatorFunction<R, WindowedRecord<K, V>> {
  const graceMillis = toMillis(grace, `grace of ${name}`);
  const shape = describedShape(name, window);
  if (emit !== 'onClose') throw new StreamError('INVALID_OPTION', `emit of ${name} is ${JSON.stringify(emit)}: it can be 'onClose'`);
  const fingerprint = `${name} ${shape} grace ${graceMillis} ${emit}`;

  return operate<R, WindowedRecord<K, V>>((destination) => {
    let fedBy: RunHandle | undefined;
    const stage: WindowedStage = {
      name,
      grace: graceMillis,
      lastEndOf: lastEndOf(window),
      table: (tableOptions) => tableFor(window, tableOptions),
      folding,
      fingerprint,
      emit: ({ key, value, window: { start, end } }, final, share) =>
        destination.next({
          key,
          value: resultOf ? resultOf(value as S) : value,
          timestamp: end - 1,
          headers: noHeaders,
          window: { start, end },
          final,
          '~provenance': share,
        } as WindowedRecord<K, V>),
      fail: (error) =>
        destination.error(
          callbackFailed(name, { key: null, value: null, timestamp: NaN, headers: noHeaders, '~provenance': { kind: 'millrace' } }, error),
        ),
    };
    const attach = (run: RunHandle) => {
      if (fedBy)
        throw new StreamError(
          'UNSUPPORTED',
          `${name} is fed by two sources, whose windows cannot be merged: read several topics with one fromTopic(kafka, ['a', 'b'])`,
        );
      fedBy = run;
    };
    const next = (record: R) => {
      const share = shareOf(record, name);
      const key = by === 'window' ? null : record[by];
      if (by !== 'window' && (key === null || key === undefined)) {
        const remedy =
          by === 'key' ? "give records a key with keyBy, or decode the topic's keys" : 'drop such records with filterRecords before';
        throw new StreamError('NULL_KEY', `${name} got ${whereOf(record)} with the ${by} ${String(key)}: ${remedy}`);
      }
      for (const windows of share.root.stages) {
        if (windows.definition !== stage) continue;
        try {
          windows.fold(share, record.timestamp, key, record);
        } catch (error) {
          throw callbackFailed(name, record, error);
        }
        return;
      }
      if (share.root.ended) return;
      throw new StreamError(
        'UNSUPPORTED',
        `${name} learned of its source only from its first record, too late to rebuild windows: subscribe source and ${name} in one go, without share, a Subject or a switchMap between them`,
      );
    };
    return { participant: { name, stage, attach, rekeys: by !== 'key' }, next };
  });
}

/** The shape as a commit tells it, to be compared by a later run; the text must not change with a release. */
function describedShape<R extends StreamRecord>(name: string, window: AssignedWindow<R> | undefined): string {
  switch (window?.kind) {
    case 'tumbling':
      return `tumbling ${window.size}+${window.offset}`;
    case 'hopping':
      return `hopping ${window.size}/${window.every}+${window.offset}`;
    case 'calendar':
      return `calendar ${window.unit} ${window.timeZone}`;
    case 'custom':
      if (typeof window.name === 'string' && typeof window.assign === 'function' && !window.merge) return `custom ${window.name}`;
      throw new StreamError(
        'INVALID_OPTION',
        `the window of ${name} has no name, no assign, or asks for merging, which windows of your own cannot do: give it { kind: 'custom', name, assign }`,
      );
    default:
      throw new StreamError('INVALID_OPTION', `window of ${name} is missing or of an unknown kind: give it tumbling('10s')`);
  }
}
