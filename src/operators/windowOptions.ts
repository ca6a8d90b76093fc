import type { SchedulerLike } from 'rxjs';
import { StreamError } from '../errors';
import type { LateRecord, StreamRecord } from '../records';
import type { StateLimit, WindowedStage } from '../run/windowedStage';
import { type Duration, toMillis } from '../time/duration';
import { global } from '../time/global';
import type { WindowShape } from '../time/windowShape';
import type { SideOutput } from './sideOutput';

/** When results are given: once when the window closes; at each change too; or, if changed, each `every` too. */
export type Emit = 'onClose' | 'onUpdate' | { readonly every: Duration };

/** What all windowed operators take. `R` is the record that comes in. */
export interface WindowOptions<R extends StreamRecord = StreamRecord, L extends 'emit' | undefined = undefined> {
  /**
   * How long a window stays open past its end, ms or a duration. It delays the final result and lets records that come behind the watermark count; it does not
   * give a second one. State is kept, and the commit held, for that much longer. Default 0.
   */
  readonly grace?: Duration | undefined;
  /**
   * When results are given. `'onClose'`: once, when the window closes. `'onUpdate'`: also with each record, what its key came to so far, with `final: false`.
   * `{ every }`: also what has changed, that long after it first did, ms or a duration; of several changes of a key only the last. Values given early must not be
   * changed by `fold` later. Default `'onClose'`.
   *
   * An early result of `'onUpdate'` holds its record until it is acked: it takes credit, and its windows do not close before. One of `{ every }` holds nothing;
   * one that was not acked is told again after a crash. A windowed operator behind takes final results only. Not for sliding windows.
   */
  readonly emit?: Emit | undefined;
  /**
   * What becomes of a record that is late for all its windows: it goes to a pipeline of its own, whose output is acked, or down the pipe among the results, with
   * `late` on it (`'emit'`). It holds the commit, and keeps windows open, until it is acked. Default: dropped and counted.
   */
  readonly late?: L | SideOutput<LateRecord<R>> | undefined;
  /**
   * Time by the records, or by the clock when they arrive. Processing time gives up two things: results differ from run to run (L5), and after a crash what
   * was in open windows comes in other ones (L7; nothing is lost). Nothing is late then, and when the run is stopped, open windows stay held. They go over all
   * partitions that the instance reads. Default `'event'`.
   */
  readonly clock?: 'event' | 'processing' | undefined;
  /** Bytes of state at most, as estimated, each 1,024 records, from some of it; what is open and not what is on its way to the sink. Default 256 MiB. */
  readonly maxBytes?: number | undefined;
  /**
   * What to do at `maxKeys` or `maxBytes`: fail (`STATE_FULL`), or give what the window that ends first came to so far, with `final: false`, and let it go;
   * what follows is a part of its own, to be added by whoever reads it, and after a crash the parts are others. A part holds the commit until it is acked. Not for
   * sessions, sliding windows and windows that merge. Default `'error'`.
   */
  readonly onFull?: 'error' | 'emitEarly' | undefined;
  /** The clock for `every` and `clock: 'processing'`. Default: the source's. */
  readonly scheduler?: SchedulerLike | undefined;
}

/** What windowed operators with a key take. */
export interface ByKeyOptions<R extends StreamRecord = StreamRecord, L extends 'emit' | undefined = undefined> extends WindowOptions<R, L> {
  /**
   * How records are put into windows: `tumbling('10s')`, `hopping('1m', { every: '10s' })`, `session({ gap: '30s' })`, `sliding('1m')`, `calendar('day')`, or a
   * window of your own. Default: one that gives its results when the source completes, `global()`; that source may also be a part of `windowTime`, `windowCount`
   * or `groupBy`.
   */
  readonly window?: WindowShape<R> | undefined;
  /** Keys in all open windows at most; a key counts once for each of its windows and partitions, or of their slices where windows share them. Default 1,000,000. */
  readonly maxKeys?: number | undefined;
}

/** What windowed operators without a key take. */
export interface ByWindowOptions<R extends StreamRecord = StreamRecord, L extends 'emit' | undefined = undefined> extends WindowOptions<
  R,
  L
> {
  /** How records are put into windows: `tumbling('10s')`, `hopping('1m', { every: '10s' })`, `session({ gap: '30s' })`, `sliding('1m')`, `calendar('day')`, `global()`, or a window of your own. */
  readonly window: WindowShape<R>;
}

/** Options that are checked, in ms. */
export interface CheckedOptions<R extends StreamRecord> {
  readonly shape: WindowShape<R>;
  /** What closes windows: the watermark, the clock, or the end of the source. */
  readonly closedBy: 'watermark' | 'clock' | 'end';
  readonly grace: number;
  readonly updates: WindowedStage['updates'];
  readonly limit: StateLimit;
  /** As a commit tells it. */
  readonly fingerprint: string;
}

/**
 * Checks the options of a windowed operator at its call.
 *
 * @throws StreamError `INVALID_OPTION`
 */
export function checkedOptions<R extends StreamRecord>(name: string, options: ByKeyOptions<R, 'emit' | undefined>): CheckedOptions<R> {
  const {
    window: shape = global(),
    grace = 0,
    emit = 'onClose',
    clock = 'event',
    maxKeys = 1_000_000,
    maxBytes = 2 ** 28,
    onFull = 'error',
  } = options;
  const graceMillis = toMillis(grace, `grace of ${name}`);
  const described = describedShape(name, shape);
  const updates = updatesOf(name, emit);
  const refuse = (what: string): never => {
    throw new StreamError('INVALID_OPTION', what);
  };
  if (!(['event', 'processing'] as unknown[]).includes(clock))
    refuse(`clock of ${name} is ${JSON.stringify(clock)}: it can be 'event' or 'processing'`);
  if (!(['error', 'emitEarly'] as unknown[]).includes(onFull))
    refuse(`onFull of ${name} is ${JSON.stringify(onFull)}: it can be 'error' or 'emitEarly'`);
  if (!(maxKeys >= 1)) refuse(`maxKeys of ${name} is ${maxKeys}: it must be 1 or more`);
  if (!(maxBytes >= 1)) refuse(`maxBytes of ${name} is ${maxBytes}: it must be 1 or more`);
  const { late } = options as { readonly late?: unknown };
  if (late !== undefined && late !== 'emit' && typeof late !== 'function')
    refuse(`late of ${name} is ${JSON.stringify(late)}: it can be 'emit', or a function from late records to a pipeline`);
  if (updates && shape.kind === 'sliding')
    refuse(
      `emit of ${name} is ${JSON.stringify(emit)}: a sliding window is a set of records that is known when it closes, so it gives its result once`,
    );
  if (onFull === 'emitEarly' && (shape.kind === 'sliding' || merges(shape)))
    refuse(
      `onFull of ${name} is 'emitEarly': windows that follow from several records cannot be given in parts; leave it out, or give it tumbling, hopping or calendar`,
    );
  return {
    shape,
    closedBy: shape.kind === 'global' ? 'end' : clock === 'processing' ? 'clock' : 'watermark',
    grace: graceMillis,
    updates,
    limit: { states: maxKeys, bytes: maxBytes, onFull },
    fingerprint: `${name} ${described} grace ${graceMillis} ${updates === undefined ? 'onClose' : updates === 'each' ? 'onUpdate' : `every ${updates.every}`}`,
  };
}

function updatesOf(name: string, emit: Emit): WindowedStage['updates'] {
  if (emit === 'onClose') return undefined;
  if (emit === 'onUpdate') return 'each';
  const every: unknown = typeof emit === 'object' ? (emit as { every?: unknown } | null)?.every : undefined;
  if (every === undefined)
    throw new StreamError(
      'INVALID_OPTION',
      `emit of ${name} is ${JSON.stringify(emit)}: it can be 'onClose', 'onUpdate' or { every: '10s' }`,
    );
  return { every: toMillis(every as Duration, `every of emit of ${name}`, 1) };
}

function merges(shape: WindowShape<never>): boolean {
  return shape.kind === 'session' || (shape.kind === 'custom' && shape.merge === true);
}

/** The shape as a commit tells it, to be compared by a later run; the text must not change with a release. */
function describedShape(name: string, window: WindowShape<never> | null): string {
  switch (window?.kind) {
    case 'tumbling':
      return `tumbling ${window.size}+${window.offset}`;
    case 'hopping':
      return `hopping ${window.size}/${window.every}+${window.offset}`;
    case 'calendar':
      return `calendar ${window.unit} ${window.timeZone}`;
    case 'session':
      return `session ${window.gap ?? 'of its own gaps'}`;
    case 'sliding':
      return `sliding ${window.span}`;
    case 'global':
      return 'global';
    case 'custom':
      if (typeof window.name === 'string' && typeof window.assign === 'function')
        return `custom ${window.name}${window.merge ? ' merging' : ''}`;
      throw new StreamError('INVALID_OPTION', `the window of ${name} has no name or no assign: give it { kind: 'custom', name, assign }`);
    default:
      throw new StreamError(
        'INVALID_OPTION',
        `window of ${name} is of the kind ${JSON.stringify((window as { kind?: unknown } | null)?.kind)}: give it tumbling('10s'), hopping, session, sliding, calendar, global or a window of your own`,
      );
  }
}
