import type { FakeBatch } from './fakeBatch';
import type { FakeRunConfig } from './fakeClients';
import { type FakeConnection, forever } from '../network/fakeConnection';
import { meansRebalance } from '../network/fakeErrors';
import type { FakeEvents } from './fakeEvents';
import type { FakeMember } from './fakeMember';

/** What `consumer.run` was given, with kafkajs' defaults. */
export type RunConfig = Required<Omit<FakeRunConfig, 'eachBatch' | 'eachMessage'>> & Pick<FakeRunConfig, 'eachBatch' | 'eachMessage'>;

const nothingToDo = Promise.resolve();

/** What a handler works with. */
export interface HandlerContext {
  readonly member: FakeMember;
  readonly connection: FakeConnection;
  readonly events: FakeEvents;
  readonly run: RunConfig;
}

/** What kafkajs does with one batch: it calls the user's function, and resolves and commits around it. */
export class FakeHandler {
  constructor(
    private readonly context: HandlerContext,
    /** Whether the consumer has not been stopped. */
    private readonly isRunning: () => boolean,
  ) {}

  async handle(batch: FakeBatch): Promise<void> {
    const { connection, events, run, member } = this.context;
    if (connection.killed) await forever();
    if (!this.isRunning()) return;
    const isFiltered = batch.isEmptyDueToFiltering();
    if (batch.isEmpty() && !isFiltered) {
      await this.heartbeat();
      return;
    }
    const since = connection.now();
    events.emit('start_batch_process', () => toldOf(batch));
    if (isFiltered) {
      // What holds nothing for the user is passed over, and told all the same.
      member.resolve(batch.topic, batch.partition, Number(batch.lastOffset()));
      await this.#commitIfNecessary();
    } else if (run.eachMessage) {
      await this.#processMessages(batch);
    } else if (run.eachBatch) {
      await this.#processBatch(batch);
    }
    const duration = connection.now() - since;
    events.emit('end_batch_process', () => Object.assign(toldOf(batch), { duration }));
    if (!isFiltered) await this.#commit();
    await this.heartbeat();
  }

  heartbeat(): Promise<void> {
    return this.context.member.mustBeat ? this.#beat() : nothingToDo;
  }

  async #beat(): Promise<void> {
    try {
      await this.context.member.heartbeat();
    } catch (error) {
      if (meansRebalance(error)) await this.#commit();
      throw error;
    }
  }

  async #processMessages({ topic, partition, messages }: FakeBatch): Promise<void> {
    const { member, run } = this.context;
    for (const message of messages) {
      if (!this.isRunning() || member.hasSeek(topic, partition)) return;
      try {
        await run.eachMessage?.({
          topic,
          partition,
          message,
          heartbeat: () => this.heartbeat(),
          pause: () => this.#pause(topic, partition),
        });
      } catch (error) {
        await this.#commit();
        throw error;
      }
      member.resolve(topic, partition, Number(message.offset));
      await this.heartbeat();
      await this.#commitIfNecessary();
      if (member.pauses.has(topic, partition)) return;
    }
  }

  async #processBatch(batch: FakeBatch): Promise<void> {
    const { member, run } = this.context;
    const { topic, partition } = batch;
    const lastMessage = batch.messages.at(-1);
    try {
      await run.eachBatch?.({
        batch,
        // What follows the last message of a batch, as the mark of a transaction does, is resolved with it.
        resolveOffset: (offset) => member.resolve(topic, partition, Number(offset === lastMessage?.offset ? batch.lastOffset() : offset)),
        commitOffsetsIfNecessary: (offsets) =>
          offsets ? member.commit(offsets.topics) : member.commitIfNecessary(run.autoCommitInterval, run.autoCommitThreshold),
        uncommittedOffsets: () => ({
          topics: member.uncommitted().map(({ topic: name, partitions }) => ({ topic: name, partitions: [...partitions] })),
        }),
        heartbeat: () => this.heartbeat(),
        pause: () => this.#pause(topic, partition),
        isRunning: this.isRunning,
        isStale: () => member.hasSeek(topic, partition),
      });
    } catch (error) {
      await this.#commit();
      throw error;
    }
    if (run.eachBatchAutoResolve) member.resolve(topic, partition, Number(batch.lastOffset()));
  }

  #pause(topic: string, partition: number): () => void {
    const { pauses } = this.context.member;
    pauses.pause([{ topic, partitions: [partition] }]);
    return () => pauses.resume([{ topic, partitions: [partition] }]);
  }

  /** Where the user's function fails, or the group rebalances, what was done before counts. */
  #commit(): Promise<void> {
    return this.context.run.autoCommit ? this.context.member.commit() : nothingToDo;
  }

  async #commitIfNecessary(): Promise<void> {
    const { autoCommit, autoCommitInterval, autoCommitThreshold } = this.context.run;
    if (autoCommit) await this.context.member.commitIfNecessary(autoCommitInterval, autoCommitThreshold);
  }
}

/** What listeners are told of a batch. */
function toldOf(batch: FakeBatch) {
  return {
    topic: batch.topic,
    partition: batch.partition,
    highWatermark: batch.highWatermark,
    offsetLag: batch.offsetLag(),
    offsetLagLow: batch.offsetLagLow(),
    batchSize: batch.messages.length,
    firstOffset: batch.firstOffset(),
    lastOffset: batch.lastOffset(),
  };
}
