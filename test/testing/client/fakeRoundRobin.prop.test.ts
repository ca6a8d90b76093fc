import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMemberAssignment } from '../../../src/kafka/assignerProtocol';
import type { KafkaAssignerFactory } from '../../../src/kafka/client';
import { roundRobin } from '../../../src/testing/client/fakeRoundRobin';
import { kafkajsSource } from '../kafkajsSource';

const theirs = kafkajsSource('consumer/assigners/roundRobinAssigner') as KafkaAssignerFactory['create'];

test('members are given the partitions that kafkajs gives them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 12 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(12)),
      async (numbers, partitions) => {
        const cluster = {
          findTopicPartitionMetadata: (topic: string) =>
            Array.from({ length: partitions[topic] ?? 0 }, (_, partitionId) => ({ partitionId })),
        };
        const members = numbers.map((number) => ({ memberId: `member-${number}`, memberMetadata: new Uint8Array() }));
        const given = async (create: KafkaAssignerFactory['create']) => {
          const shares = await create({ cluster, groupId: 'g' }).assign({ members, topics: Object.keys(partitions) });
          return new Map(
            shares.map(({ memberId, memberAssignment }) => [memberId, decodeMemberAssignment(memberAssignment)?.assignment ?? {}]),
          );
        };
        const [ours, expected] = [await given(roundRobin), await given(theirs)];
        for (const { memberId } of members) expect(ours.get(memberId)).toEqual(expected.get(memberId) ?? {});
      },
    ),
  );
});

test('it has the name and the metadata of kafkajs, so that both can be in one group', () => {
  const cluster = { findTopicPartitionMetadata: () => [] };
  const [ours, expected] = [roundRobin, theirs].map((create) => create({ cluster, groupId: 'g' }).protocol({ topics: ['a', 'béta'] }));
  expect(ours?.name).toBe(expected?.name);
  expect([...(ours?.metadata ?? [])]).toEqual([...(expected?.metadata ?? [])]);
});
