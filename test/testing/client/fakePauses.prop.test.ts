import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakePauses, type TopicPartitions } from '../../../src/testing/client/fakePauses';
import { kafkajsSource } from '../kafkajsSource';

interface Pauses {
  pause(topics: readonly TopicPartitions[]): void;
  resume(topics: readonly TopicPartitions[]): void;
}

const SubscriptionState = kafkajsSource('consumer/subscriptionState') as new () => Pauses & {
  isPaused(topic: string, partition: number): boolean;
};

const topics = fc.array(
  fc.record({ topic: fc.constantFrom('a', 'b'), partitions: fc.array(fc.nat(3), { maxLength: 3 }) }, { requiredKeys: ['topic'] }),
  { maxLength: 2 },
);
const steps = fc.array(fc.record({ pause: fc.boolean(), topics }), { maxLength: 8 });

test('partitions are paused exactly when they are in kafkajs', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const ours = new FakePauses();
      const theirs = new SubscriptionState();
      for (const { pause, topics: named } of taken) for (const pauses of [ours, theirs]) pauses[pause ? 'pause' : 'resume'](named);
      for (const topic of ['a', 'b']) {
        for (let partition = 0; partition < 4; partition++) expect(ours.has(topic, partition)).toBe(theirs.isPaused(topic, partition));
      }
    }),
  );
});
