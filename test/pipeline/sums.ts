import {
  catchError,
  EMPTY,
  filter,
  ignoreElements,
  firstValueFrom,
  interval,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  of,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import {
  commitOffsets,
  type Duration,
  fromTopic,
  type FromTopicOptions,
  hopping,
  isStreamError,
  json,
  type KafkaClient,
  keyBy,
  reduceByKey,
  type StreamRecord,
  text,
  toTopic,
  tumbling,
} from '../../src/index';
import { FakeKafka, VirtualClock } from '../../src/testing/index';
import type { Input, Windows } from './reference';

/** What a record of the input holds. */
export interface Amount {
  readonly key: string;
  readonly value: number;
}

/** How the pipeline of one life is set. */
export interface Settings {
  readonly maxInFlight: number;
  /** ms that the sink takes for a result, in turn. */
  readonly sinkDelays: readonly number[];
  readonly every: Duration;
  readonly idleAfter?: Duration;
  readonly maxSkew?: number | undefined;
  readonly until?: 'latest';
  readonly signal?: AbortSignal;
}

/** How one life goes: how it is set, how long it lives, how it ends, and what disturbs it. */
export interface Life extends Settings {
  /** ms until it ends. */
  readonly lifetime: number;
  readonly end: 'killed' | 'unsubscribed' | 'drained' | 'taken';
  readonly rebalanceAfter?: number | undefined;
}

export const group = 'sums';

/** A pipeline that sums amounts by key and window, on a cluster and a clock of its own. */
export class Sums {
  readonly time = new VirtualClock();
  readonly kafka = new FakeKafka({ scheduler: this.time, latency: 1 });
  /** When the last record was delivered, ms of the clock. */
  lastDelivery = 0;
  /** When each result came, ms of the clock, by `key@end`. */
  readonly cameAt = new Map<string, number>();

  constructor(
    private readonly partitions: readonly (readonly Input[])[],
    private readonly shape: Windows,
    /** Whether keys are found in the values, so that they occur in all partitions. */
    private readonly merged: boolean,
    /** How timestamps are judged. */
    private readonly timestamps: Pick<FromTopicOptions<KafkaClient, string, Amount>, 'maxAhead' | 'onBadTimestamp'> = {},
  ) {
    this.kafka.createTopic('in', { partitions: partitions.length });
    this.kafka.createTopic('out');
    partitions.forEach((records, partition) => this.append(records, partition));
  }

  append(records: readonly Input[], partition: number): void {
    this.kafka.append(
      'in',
      records.map(({ key, value, timestamp }) => ({
        key: keyIn(partition, key),
        value: JSON.stringify({ key, value }),
        timestamp,
        partition,
      })),
    );
  }

  /** Lives until it is ended, and ends in its way. */
  async live(life: Life): Promise<void> {
    const { time, kafka } = this;
    const { lifetime, end, rebalanceAfter } = life;
    const drain = new AbortController();
    const joined: { member?: string } = {};
    const lifespan = firstValueFrom(timer(lifetime, time));
    const pipeline = this.pipeline({ ...life, signal: drain.signal }, this.#noting(joined)).pipe(
      end === 'taken' ? take(3) : tap(),
      end === 'unsubscribed' ? takeUntil(lifespan) : tap(),
      ignoreElements(),
      catchError((error: unknown) => {
        // A rebalance in the middle of a drain ends the epoch of what was to be committed.
        if (rebalanceAfter !== undefined && isStreamError(error, 'COMMIT_FAILED')) return EMPTY;
        throw error;
      }),
    );
    const ended = lastValueFrom(pipeline, { defaultValue: undefined });
    const rebalancing = rebalanceAfter === undefined ? undefined : time.schedule(() => kafka.rebalance(group), rebalanceAfter);
    if (end === 'drained') void lifespan.then(() => drain.abort());
    // One that takes a few results may never get them. Only a member can be killed.
    const killed = lifespan.then(() =>
      end === 'killed' || end === 'taken'
        ? firstValueFrom(
            interval(1, time).pipe(
              map(() => joined.member),
              filter(Boolean),
            ),
          )
        : new Promise<never>(() => undefined),
    );
    const member = await time.until(Promise.race([ended, killed]));
    rebalancing?.unsubscribe(); // a life that is short has none, and the last one must not have it
    if (member !== undefined) kafka.kill(member);
  }

  /** The cluster, through a client that notes the id under which it joins. */
  #noting(joined: { member?: string }): KafkaClient {
    const { kafka } = this;
    return {
      consumer: (config) => {
        const consumer = kafka.consumer(config);
        consumer.on('consumer.group_join', ({ payload }) => {
          joined.member = (payload as { memberId: string }).memberId;
        });
        return consumer;
      },
      producer: (config) => kafka.producer(config),
      admin: () => kafka.admin(),
    };
  }

  /** The last life, that goes to the end. */
  async finish(): Promise<void> {
    await this.time.until(
      lastValueFrom(this.pipeline({ maxInFlight: 50, every: 100, sinkDelays: [0], until: 'latest' }), { defaultValue: undefined }),
    );
  }

  pipeline(
    { maxInFlight, every, sinkDelays, idleAfter = '1d', maxSkew, until, signal }: Settings,
    kafka: KafkaClient = this.kafka,
  ): Observable<unknown> {
    const { time, shape } = this;
    const records$ = fromTopic(kafka, 'in', {
      groupId: group,
      key: text,
      value: json<Amount>(),
      maxInFlight,
      until,
      signal,
      outOfOrderness: shape.outOfOrderness,
      idleAfter,
      maxSkew,
      stallAfter: '1d',
      drainTimeout: '1d',
      consumer: { sessionTimeout: 500, heartbeatInterval: 100, maxWaitTimeInMs: 20, maxBytesPerPartition: 150 },
      scheduler: time,
      ...this.timestamps,
    });
    const summed = reduceByKey<StreamRecord<string, Amount>>((a, b) => ({ key: a.key, value: a.value + b.value }), {
      window: shape.every === shape.size ? tumbling(shape.size) : hopping(shape.size, { every: shape.every }),
      grace: shape.grace,
    });
    const noted$ = this.prepared(
      records$.pipe(
        tap(() => {
          this.lastDelivery = time.now();
        }),
      ),
    );
    let n = 0;
    return (
      this.merged
        ? noted$.pipe(
            keyBy(({ key }) => key),
            summed,
          )
        : noted$.pipe(summed)
    ).pipe(
      mergeMap((result) => {
        const delay = sinkDelays[n++ % sinkDelays.length] ?? 0;
        return delay === 0 ? of(result) : timer(delay, time).pipe(map(() => result));
      }),
      tap(({ key, window }) => this.cameAt.set(`${key}@${window.end}`, time.now())),
      toTopic(kafka, 'out', { key: text, value: json(), linger: 1 }),
      commitOffsets({ every }),
    );
  }

  /** What stands before the windows. */
  protected prepared(records$: Observable<StreamRecord<string, Amount>>): Observable<StreamRecord<string, Amount>> {
    return records$;
  }

  /** The sums in the output topic by `key@end`: one each, if all that were written for it are alike. */
  written(): Record<string, number[]> {
    const found: Record<string, number[]> = {};
    for (const { key, value, timestamp } of this.kafka.records('out')) {
      const sum = JSON.parse(value ? text.decode(value) : '') as Amount;
      const sums = (found[`${key ? text.decode(key) : ''}@${timestamp + 1}`] ??= []);
      if (!sums.includes(sum.value)) sums.push(sum.value);
    }
    return found;
  }

  /** The offsets that the group has committed, by partition; 0 without a commit, as an empty partition that another member held may be at the end. */
  committed(): number[] {
    const offsets = this.partitions.map(() => 0);
    for (const { partition, offset } of this.kafka.committed(group)) offsets[partition] = offset;
    return offsets;
  }

  /** The input as the windows see it: with the keys that they are kept by. */
  get keyed(): Input[][] {
    return this.partitions.map((records, partition) =>
      records.map((record) => ({ ...record, key: this.merged ? record.key : keyIn(partition, record.key) })),
    );
  }
}

/** A key that occurs in one partition only, as where producers choose partitions by key. */
export function keyIn(partition: number, key: string): string {
  return `${key}${partition}`;
}
