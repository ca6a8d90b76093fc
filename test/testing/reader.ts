import type { KafkaBatchPayload, KafkaClient, KafkaConsumer, KafkaConsumerConfig, KafkaEvent } from '../../src/kafka/client';
import type { ConsumerEvent } from '../../src/testing/client/fakeEvents';
import { kafkajsSource } from './kafkajsSource';

/** How a reader is to be. */
export interface ReaderOptions extends Partial<KafkaConsumerConfig> {
  readonly topics?: (string | RegExp)[];
  /** Default false. */
  readonly autoCommit?: boolean;
  readonly eachBatch?: (payload: KafkaBatchPayload) => Promise<void> | void;
}

/** Every event that kafkajs has, by its own list: the fake must know it. */
const { events } = kafkajsSource('consumer/instrumentationEvents') as { readonly events: Readonly<Record<string, string>> };

/** A consumer of topic 't' in group 'g' that notes what comes. */
export class Reader {
  readonly consumer: KafkaConsumer;
  /** `partition:value` */
  readonly read: string[] = [];
  readonly events: KafkaEvent[] = [];

  constructor(
    kafka: Pick<KafkaClient, 'consumer'>,
    private readonly options: ReaderOptions = {},
  ) {
    const { topics: _topics, autoCommit: _auto, eachBatch: _each, ...config } = options;
    this.consumer = kafka.consumer({ groupId: 'g', ...config });
    for (const name of Object.values(events)) this.consumer.on(name, (event) => void this.events.push(event));
  }

  async join(): Promise<this> {
    const { topics = ['t'], autoCommit = false, eachBatch } = this.options;
    await this.consumer.connect();
    await this.consumer.subscribe({ topics, fromBeginning: true });
    await this.consumer.run({
      autoCommit,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: 4,
      eachBatch: async (payload) => {
        const { partition, messages } = payload.batch;
        for (const { value } of messages) this.read.push(`${partition}:${textOf(value)}`);
        await eachBatch?.(payload);
      },
    });
    return this;
  }

  /** What the events of a name have told. */
  told(name: ConsumerEvent): unknown[] {
    return this.events.filter(({ type }) => type === `consumer.${name}`).map(({ payload }) => payload);
  }

  /** Of topic 't', at the last join. */
  get assigned(): number[] {
    return (this.told('group_join').at(-1) as { memberAssignment: { t?: number[] } } | undefined)?.memberAssignment.t ?? [];
  }

  get memberId(): string {
    return (this.told('group_join').at(-1) as { memberId: string }).memberId;
  }
}

export function textOf(value: Uint8Array | null | undefined): string | null {
  return value ? new TextDecoder().decode(value) : null;
}
