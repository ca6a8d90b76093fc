/** Partitions of a topic; all of them if none are named. */
export interface TopicPartitions {
  readonly topic: string;
  readonly partitions?: readonly number[];
}

interface TopicPauses {
  readonly paused: Set<number>;
  /** Since all were paused. */
  readonly resumed: Set<number>;
  all: boolean;
}

/** Which partitions are paused: remembered over rebalances, and for partitions that are not ours too, as kafkajs does. */
export class FakePauses {
  readonly #topics = new Map<string, TopicPauses>();

  pause(topics: readonly TopicPartitions[]): void {
    for (const { topic, partitions } of topics) {
      const pauses = this.#of(topic);
      if (partitions) {
        for (const partition of partitions) {
          pauses.paused.add(partition);
          pauses.resumed.delete(partition);
        }
      } else {
        pauses.paused.clear();
        pauses.resumed.clear();
      }
      pauses.all = !partitions;
    }
  }

  resume(topics: readonly TopicPartitions[]): void {
    for (const { topic, partitions } of topics) {
      const pauses = this.#of(topic);
      if (partitions) {
        for (const partition of partitions) {
          pauses.paused.delete(partition);
          if (pauses.all) pauses.resumed.add(partition);
        }
      } else {
        pauses.paused.clear();
        pauses.resumed.clear();
        pauses.all = false;
      }
    }
  }

  has(topic: string, partition: number): boolean {
    const pauses = this.#topics.get(topic);
    return pauses !== undefined && ((pauses.all && !pauses.resumed.has(partition)) || pauses.paused.has(partition));
  }

  #of(topic: string): TopicPauses {
    let pauses = this.#topics.get(topic);
    if (!pauses) this.#topics.set(topic, (pauses = { paused: new Set(), resumed: new Set(), all: false }));
    return pauses;
  }
}
