import { concatMap, delay, map, mergeMap, type Observable, of, timer } from 'rxjs';
import {
  commitOffsets,
  type Emit,
  fromTopic,
  json,
  type KafkaClient,
  type KafkaRecord,
  keyBy,
  type LateRecord,
  reduceByKey,
  type StreamRecord,
  text,
  toTopic,
  type WindowedRecord,
} from '../../src/index';
import type { Visit } from '../oracle/arbitraries';
import type { Log, Question } from '../oracle/judge';
import { type Content, mergesStates, shapeOf } from '../oracle/piped';
import { inOrder } from '../oracle/streamed';
import type { Update } from '../oracle/updates';
import type { Input } from './reference';
import { group, type Settings, Sums } from './sums';

type Line = KafkaRecord<string, Content<Visit>>;
type Given = WindowedRecord<string, Content<Visit>> | LateRecord<Line>;

/** A record of the topic, and where it stands. */
interface Placed extends Input {
  readonly record: Visit;
  readonly id: string;
}

/** A result, or a late record. */
interface Written {
  readonly life: number;
  readonly window?: Update['window'];
  readonly ids: readonly string[];
  readonly final: boolean;
}

/** What the operator does with results and late records, and the sink with both. */
export interface Handling {
  readonly emit: Emit;
  readonly late: 'emit' | 'side' | undefined;
  /** The sink takes one thing after the other; else what is quick overtakes what is slow. */
  readonly inTurn: boolean;
}

/** A pipeline that collects records by key and windows of any kind, on a cluster and a clock of its own. */
export class WindowedSums extends Sums {
  #lives = 0;

  constructor(
    log: Log<Visit>,
    private readonly question: Question<Visit>,
    private readonly handling: Handling,
  ) {
    const placed = log.map((records, partition) =>
      records.map((record, offset): Placed => ({ ...record, value: 0, record, id: `${partition}@${offset}` })),
    );
    const { grace = 0, outOfOrderness = 0, merged = true } = question;
    super(placed, { size: 1, every: 1, grace, outOfOrderness }, merged);
    this.kafka.createTopic('late');
  }

  override append(records: readonly Placed[], partition: number): void {
    const rows = records.map(({ key, timestamp, record, id }) => ({
      key,
      timestamp,
      value: JSON.stringify({ record, ids: [id] }),
      partition,
    }));
    this.kafka.append('in', rows);
  }

  override pipeline(
    { maxInFlight, every, sinkDelays, maxSkew, until, signal }: Settings,
    kafka: KafkaClient = this.kafka,
  ): Observable<unknown> {
    const { time } = this;
    const { window, grace, outOfOrderness, merged = true } = this.question;
    const { emit, late, inTurn } = this.handling;
    const lines$ = fromTopic(kafka, 'in', {
      groupId: group,
      key: text,
      value: json<Content<Visit>>(),
      maxInFlight,
      until,
      signal,
      outOfOrderness,
      idleAfter: '1d',
      maxSkew,
      stallAfter: '1d',
      drainTimeout: '1d',
      consumer: { sessionTimeout: 500, heartbeatInterval: 100, maxWaitTimeInMs: 20, maxBytesPerPartition: 300 },
      scheduler: time,
    });
    const life = ++this.#lives;
    let n = 0;
    const sinkDelay = (): number => sinkDelays[n++ % sinkDelays.length] ?? 0;
    const side = (late$: Observable<LateRecord<Line>>): Observable<unknown> =>
      late$.pipe(delay(sinkDelay(), time), toTopic(kafka, 'late', { key: text, value: json(), linger: 1 }));
    const reduced = reduceByKey<Line, 'emit'>((a, b) => ({ record: a.record, ids: [...a.ids, ...b.ids] }), {
      window: shapeOf(window),
      grace,
      emit,
      late: late === 'side' ? side : late,
    });
    const slowly = (given: Given): Observable<Given> => {
      const ms = sinkDelay();
      return ms === 0 ? of(given) : timer(ms, time).pipe(map(() => given));
    };
    return (
      merged
        ? lines$.pipe(
            keyBy(({ record }) => record.key),
            reduced,
          )
        : lines$.pipe(reduced)
    ).pipe(
      inTurn ? concatMap(slowly) : mergeMap(slowly),
      map((given): StreamRecord<string, unknown> => {
        const { ids } = given.value;
        return { ...given, value: 'window' in given ? { life, window: given.window, ids, final: given.final } : { ids } };
      }),
      toTopic(kafka, 'out', { key: text, value: json(), linger: 1 }),
      commitOffsets({ every }),
    );
  }

  /** What the sink has: what each life gave, in the order it came. One that was killed may still write when another has begun. */
  get given(): readonly Update[] {
    const found = this.kafka.records('out').flatMap(({ key, value }) => {
      const { life, window, ids, final } = JSON.parse(value ? text.decode(value) : '') as Written;
      if (!window) return [];
      return [{ life, key: key && text.decode(key), window, ids: mergesStates(this.question.window) ? inOrder(ids) : ids, final }];
    });
    return found.sort((a, b) => a.life - b.life).map(({ key, window, ids, final }) => ({ key, window, ids, final }));
  }

  /** The late records that the sink or the side output has, each once. */
  get lateRecords(): readonly string[] {
    const ids = [...this.kafka.records('out'), ...this.kafka.records('late')].flatMap(({ value }) => {
      const given = JSON.parse(value ? text.decode(value) : '') as Written;
      return given.window ? [] : given.ids;
    });
    return inOrder([...new Set(ids)]);
  }
}
