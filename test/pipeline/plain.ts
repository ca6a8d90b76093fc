import { EMPTY, catchError, ignoreElements, lastValueFrom, type Observable, takeUntil, timer } from 'rxjs';
import {
  fromTopic,
  type FromTopicOptions,
  isStreamError,
  type KafkaClient,
  type KafkaRecord,
  type StreamError,
  text,
} from '../../src/index';
import { FakeKafka, VirtualClock } from '../../src/testing/index';

type Line = KafkaRecord<string, string>;

/** A topic of lines without windows, on a cluster and a clock of its own. */
export class Lines {
  readonly time = new VirtualClock();
  readonly kafka = new FakeKafka({ scheduler: this.time, latency: 1 });

  constructor(partitions: readonly (readonly string[])[]) {
    this.kafka.createTopic('in', { partitions: partitions.length });
    partitions.forEach((lines, partition) => {
      this.kafka.append(
        'in',
        lines.map((value, n) => ({ key: 'k', value, timestamp: n, partition })),
      );
    });
  }

  read(options: Partial<FromTopicOptions<KafkaClient, string, string>>): Observable<Line> {
    const consumer = { maxWaitTimeInMs: 20, maxBytesPerPartition: 100 };
    return fromTopic<KafkaClient, string, string>(this.kafka, 'in', {
      groupId: 'g',
      key: text,
      value: text,
      scheduler: this.time,
      consumer,
      ...options,
    });
  }

  /** Runs for so long, ms; gives the error that ended it. */
  async run(pipeline$: Observable<unknown>, ms = 5_000): Promise<StreamError | undefined> {
    let found: StreamError | undefined;
    const whole$ = pipeline$.pipe(
      catchError((error: unknown) => {
        if (!isStreamError(error)) throw error;
        found = error;
        return EMPTY;
      }),
      ignoreElements(),
      takeUntil(timer(ms, this.time)),
    );
    await this.time.until(lastValueFrom(whole$, { defaultValue: undefined }));
    await this.time.advance(1_000); // what was acked is committed, and the group left
    return found;
  }

  committed(partition: number): number {
    return this.kafka.committed('g').find((place) => place.partition === partition)?.offset ?? 0;
  }
}
