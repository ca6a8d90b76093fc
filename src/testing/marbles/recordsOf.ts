import { Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { StreamError } from '../../errors';
import type { KafkaRecord } from '../../records';
import { participantsDownstream } from '../../run/scope';
import { type Duration, toMillis } from '../../time/duration';
import type { Moment } from './difference';
import { MarbleRun } from './marbleRun';
import { momentsOf } from './moments';
import type { Received } from './received';
import { type RecordInit, recordOf } from '../record';

/** What each letter of a diagram stands for: key, value, and what else of the record the test chooses. */
export interface RecordMarbles<K, V> {
  readonly [marble: string]: readonly [key: K, value: V, init?: RecordInit];
}

/** How a diagram of records is read; the defaults are those of `fromTopic`. */
export interface RecordsOptions {
  /** What `#` stands for. Default the text 'error', as in RxJS. */
  readonly error?: unknown;
  /** How far behind the newest timestamp of its partition a record may come and still be in time, ms or a duration. Default 0. */
  readonly outOfOrderness?: Duration | undefined;
  /** A partition without records for this long no longer holds windows back, where a diagram does not end; ms or a duration. Default '30s'. */
  readonly idleAfter?: Duration | undefined;
}

/** A cold stream of records with a log of its subscriptions, for `expectSubscriptions`. */
export interface RecordsObservable<K, V> extends Observable<KafkaRecord<K, V>> {
  readonly subscriptions: Parameters<RunHelpers['expectSubscriptions']>[0];
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** One marble of one of the lines. */
interface Marble<K, V> extends Moment, Place {
  readonly row: readonly [key: K, value: V, init?: RecordInit] | undefined;
}

/** What became of the records of `m.records`, with the frames it happened in. */
export interface RecordsLog {
  readonly released: Moment[];
  readonly commits: Received[];
}

/** Those of all that there are, so that what a test was given shows no more than it should. */
const logs = new WeakMap<object, RecordsLog>();

/** What became of the records of a source that `recordsOf` made. */
export function logOf(source$: object, helper: string): RecordsLog {
  const log = logs.get(source$);
  if (log) return log;
  throw new StreamError('INVALID_OPTION', `${helper} needs what m.records gave: the source itself, and not what was piped from it`);
}

/** The records of some diagrams, one for each partition. Each subscription is a run. */
export function recordsOf<K, V>(
  lines: readonly string[],
  values: RecordMarbles<K, V>,
  options: RecordsOptions,
  scheduler: SchedulerLike,
): RecordsObservable<K, V> {
  const topic = Object.values(values).find(([, , init]) => init?.topic !== undefined)?.[2]?.topic ?? 'test';
  const drawn = lines.map((line) => momentsOf(line));
  const marbles = drawn
    .flatMap((moments, line) => moments.map((moment) => placed(moment, values, { topic, partition: line })))
    .sort((a, b) => a.frame - b.frame);
  const places = [...marbles.filter(({ row }) => row), ...lines.map((_, partition) => ({ topic, partition }))];
  const runOptions = {
    partitions: distinct(places),
    bounded: drawn.every((moments) => moments.some(({ sign }) => sign === '|')),
    outOfOrderness: toMillis(options.outOfOrderness ?? 0, 'outOfOrderness of records'),
    idleAfter: toMillis(options.idleAfter ?? '30s', 'idleAfter of records', 1),
    scheduler,
  };
  const log: RecordsLog = { released: [], commits: [] };
  const subscriptions: { subscribedFrame: number; unsubscribedFrame: number }[] = [];
  const records$ = new Observable<KafkaRecord<K, V>>((subscriber) => {
    const subscription = { subscribedFrame: scheduler.now(), unsubscribedFrame: Infinity };
    subscriptions.push(subscription);
    const target = {
      complete: () => subscriber.complete(),
      error: (error: unknown) => subscriber.error(error),
      released: (sign: string) => void log.released.push({ frame: scheduler.now(), sign }),
      committed: (offsets: readonly number[]) =>
        void log.commits.push({ frame: scheduler.now(), kind: 'N', value: offsets.length === 1 ? offsets[0] : offsets }),
    };
    const run = new MarbleRun(runOptions, target, participantsDownstream());
    let linesLeft = lines.length;
    for (const marble of marbles) {
      const come = () => {
        if (marble.row) deliver(run, marble, marble.row, subscriber);
        else if (marble.sign === '#') subscriber.error(options.error ?? 'error');
        else if (--linesLeft === 0) run.end();
      };
      subscriber.add(scheduler.schedule(come, marble.frame));
    }
    subscriber.add(() => {
      subscription.unsubscribedFrame = scheduler.now();
      run.abandon();
    });
  });
  logs.set(records$, log);
  return Object.assign(records$, { subscriptions });
}

function deliver<K, V>(
  run: MarbleRun,
  { sign, frame, topic, partition }: Marble<K, V>,
  [key, value, init = {}]: readonly [key: K, value: V, init?: RecordInit],
  subscriber: Subscriber<KafkaRecord<K, V>>,
): void {
  const epoch = run.epochs.find((other) => other.topic === topic && other.partition === partition);
  if (!epoch) return;
  const { timestamp = frame, offset = epoch.position, headers } = init;
  if (offset < epoch.position) {
    const message = `marble ${sign} has the offset ${offset}, but its partition has come to ${epoch.position}: offsets go up in a partition`;
    throw new StreamError('INVALID_OPTION', message, { topic, partition, offset });
  }
  run.deliver(
    sign,
    epoch,
    () => recordOf(key, value, { timestamp, offset, headers }, epoch),
    (record) => subscriber.next(record),
  );
}

/** Each partition once, in order. */
function distinct(places: readonly Place[]): Place[] {
  const byName = new Map(places.map(({ topic, partition }) => [`${topic} ${partition}`, { topic, partition }]));
  return [...byName.values()].sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition));
}

function placed<K, V>(moment: Moment, values: RecordMarbles<K, V>, line: Place): Marble<K, V> {
  const { sign } = moment;
  if (sign === '|' || sign === '#') return { ...moment, ...line, row: undefined };
  const row = values[sign];
  if (!row) {
    const known = Object.keys(values).join(', ') || 'none';
    throw new StreamError(
      'INVALID_OPTION',
      `there is no record for the marble ${sign}: the values have ${known}. Write ${sign}: [key, value]`,
    );
  }
  const { topic = line.topic, partition = line.partition } = row[2] ?? {};
  return { ...moment, topic, partition, row };
}
