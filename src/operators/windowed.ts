import { type OperatorFunction, Subscription } from 'rxjs';
import { StreamError } from '../errors';
import type { Key, LateRecord, RecordHeaders, StreamRecord, WindowedRecord } from '../records';
import type { RunHandle } from '../run/scope';
import { shareOf, type ShareRoot } from '../run/share';
import type { Stage } from '../run/stage';
import { lastEndOf, tableFor, type TableHints } from '../run/tables/tableFor';
import type { WindowedStage } from '../run/windowedStage';
import type { Clock } from '../time/clock';
import type { Folding } from '../time/folding';
import { callbackFailed, whereOf } from './callbackFailed';
import { operate } from './operate';
import { type OpenSideOutput, openSideOutput } from './sideOutput';
import { type ByKeyOptions, checkedOptions } from './windowOptions';

/** A record that may be keyed by: its key is never null. */
export type KeyedRecord = StreamRecord<Key>;

/** What `late: 'emit'` adds to a windowed operator's output: nothing, where it is not given. */
export type Emitted<R, L extends 'emit' | undefined> = [L] extends ['emit'] ? LateRecord<R> : never;

/** What has a state of its own in each window: each key, each value, or nothing but the window. Only what has its key from the topic lives in one partition. */
type By = 'key' | 'value' | 'window';

/** What one windowed operator does otherwise than another. */
export interface Windowing<R, S, V> {
  readonly name: string;
  readonly by: By;
  readonly folding: Folding<R, S>;
  /** The result of a window that no record fell into, between two that have some. Default: there is none. */
  readonly empty?: V | undefined;
  /** The order of offsets within a partition shows in the result, so overlapping windows must not share slices of time. */
  readonly byOffset?: boolean | undefined;
  /** What a state means in the end. Default: itself. */
  readonly resultOf?: ((state: S) => V) | undefined;
}

/** Folding records into their number. */
export const counting: Folding<unknown, number> = {
  first: () => 1,
  fold: (count) => count + 1,
  merge: (a, b) => a + b,
  inverse: (count, leaving) => count - leaving,
};

const noHeaders: RecordHeaders = Object.freeze(Object.create(null) as RecordHeaders);

/**
 * The shell that windowed operators share: what it folds and gives is the operator's, when windows close is the run's; or, where no watermark closes them, the
 * source's completion or the clock's.
 */
export function windowed<R extends StreamRecord, K, S, V = S, L extends 'emit' | undefined = undefined>(
  { name, by, folding, resultOf, empty, byOffset }: Windowing<R, S, V>,
  options: ByKeyOptions<R, L>,
): OperatorFunction<R, WindowedRecord<K, V> | Emitted<R, L>> {
  const checked = checkedOptions<R>(name, options);
  const { shape, closedBy, grace, updates, limit, fingerprint } = checked;
  const { late, scheduler } = options as ByKeyOptions<R, 'emit' | undefined>;

  const hints: TableHints = { early: updates !== undefined || limit.onFull === 'emitEarly', empty, byOffset };

  return operate<R, WindowedRecord<K, V> | Emitted<R, L>>((destination) => {
    let fedBy: RunHandle | undefined;
    let side: OpenSideOutput<LateRecord<R>> | undefined;
    let newest = -Infinity;
    /** Windows that no watermark closes, of each run and assignment that has fed this operator. */
    const free = new Set<Stage>();
    const timers = new Timers();
    const stage: WindowedStage = {
      name,
      grace,
      folding,
      fingerprint,
      updates,
      limit,
      clock: scheduler,
      keepsLate: late !== undefined,
      lastEndOf: lastEndOf(shape),
      fills: empty !== undefined,
      reachesBack: shape.kind === 'custom' && shape.merge,
      table: (tableOptions) => tableFor(shape, tableOptions, hints),
      emit: ({ key, value, window: { start, end } }, final, share) =>
        destination.next({
          key,
          value: resultOf ? resultOf(value as S) : value,
          timestamp: end === Infinity ? newest : end - 1,
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
      if (typeof late !== 'function') return;
      const opened = (side = openSideOutput(late, (error) => destination.error(error)));
      run.whenFinished(opened.close, opened.close);
    };
    const freeStage = (root: ShareRoot): Stage | undefined => {
      const found = root.free?.stageOf(stage);
      if (found && !free.has(found)) {
        for (const former of free) if (former.ended) free.delete(former);
        free.add(found);
      }
      return found;
    };
    const registered = ({ stages }: ShareRoot): Stage | undefined => {
      for (const found of stages) if (found.definition === stage) return found;
      return undefined;
    };
    const missed = (record: R, { window, by: ms }: NonNullable<ReturnType<Stage['fold']>>) => {
      const lateRecord = { ...record, late: { window, by: ms } } as LateRecord<R>;
      if (late === 'emit') destination.next(lateRecord as Emitted<R, L>);
      else side?.next(lateRecord);
    };
    const next = (record: R) => {
      const share = shareOf(record, name);
      const { root } = share;
      const key = by === 'window' ? null : record[by];
      if (by !== 'window' && (key === null || key === undefined)) throw noKey(name, by, record);
      if ((record as { final?: unknown }).final === false) throw notFinal(name, record);
      const windows = closedBy === 'watermark' ? registered(root) : freeStage(root);
      if (!windows) {
        if (root.ended) return;
        throw closedBy === 'watermark' ? unregistered(name) : withoutRun(name);
      }
      if (record.timestamp > newest) newest = record.timestamp;
      const clock = closedBy === 'clock' ? (scheduler ?? root.free?.clock) : undefined;
      let miss: ReturnType<Stage['fold']>;
      try {
        miss = windows.fold(share, clock ? timers.now(clock) : record.timestamp, key, record);
      } catch (error) {
        throw callbackFailed(name, record, error);
      }
      if (miss) missed(record, miss);
      if (clock) timers.closeInTime(windows, clock);
    };
    const complete = () => {
      side?.complete();
      let left = 1;
      const ended = () => {
        if (--left === 0) destination.complete();
      };
      for (const windows of free) {
        if (windows.ended || windows.ending === 'abandoned') continue;
        left++;
        windows.endWith(ended);
      }
      ended();
    };
    const teardown = () => {
      timers.unsubscribe();
      for (const windows of free) windows.abandon();
    };
    const registers = closedBy === 'watermark' ? { stage } : { gathers: true };
    return { participant: { name, ...registers, attach, rekeys: by !== 'key' }, next, complete, teardown };
  });
}

/** Closes windows of processing time when the clock has passed them. */
class Timers extends Subscription {
  #at = Infinity;
  #due: { unsubscribe(): void } | undefined;
  #now = -Infinity;

  constructor() {
    super(() => this.#due?.unsubscribe());
  }

  /** Clocks are set back now and then; a record of that time must not come into windows that have closed. */
  now(clock: Clock): number {
    return (this.#now = Math.max(this.#now, clock.now()));
  }

  closeInTime(windows: Stage, clock: Clock): void {
    const at = windows.table.firstEnd + windows.definition.grace;
    if (at >= this.#at || this.closed) return;
    this.#due?.unsubscribe();
    this.#at = at;
    this.#due = clock.schedule(
      () => {
        this.#at = Infinity;
        windows.close(this.now(clock));
        if (!windows.ended) this.closeInTime(windows, clock);
      },
      Math.max(0, at - clock.now()),
    );
  }
}

function noKey(name: string, by: 'key' | 'value', record: StreamRecord): StreamError {
  const remedy = by === 'key' ? "give records a key with keyBy, or decode the topic's keys" : 'drop such records with filterRecords before';
  return new StreamError('NULL_KEY', `${name} got ${whereOf(record)} with the ${by} ${String(record[by])}: ${remedy}`);
}

function notFinal(name: string, record: StreamRecord): StreamError {
  return new StreamError(
    'UNSUPPORTED',
    `${name} got ${whereOf(record)}, given early and not final: it would count again with the next. Put filterRecords((value, { final }) => final) before it`,
  );
}

function withoutRun(name: string): StreamError {
  return new StreamError(
    'NO_SOURCE',
    `${name} got a record of no run, which could hold its offset: was it made by record() of millrace/testing? Windows work in marbles and in runPipeline`,
  );
}

function unregistered(name: string): StreamError {
  return new StreamError(
    'UNSUPPORTED',
    `${name} learned of its source only from its first record, too late to rebuild windows: subscribe source and ${name} in one go, without share, a Subject, a switchMap or a window operator of RxJS between them; or give it no window, to reduce until its source completes`,
  );
}
