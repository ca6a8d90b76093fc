import { describe, expect, test } from 'vitest';
import { decodeMemberAssignment } from '../../src/kafka/assignerProtocol';
import { oneOwner } from '../../src/kafka/oneOwner';

const cluster = {
  findTopicPartitionMetadata: (topic: string) => Array.from({ length: topic.length }, (_, partitionId) => ({ partitionId })),
};

/** What each member is given of the topics `ab` and `c`, which have two partitions and one. */
async function given(owners: Readonly<Record<string, boolean>>): Promise<Record<string, unknown>> {
  const members = Object.entries(owners).map(([memberId, owns]) => ({
    memberId,
    memberMetadata: oneOwner({ owns })({ cluster, groupId: 'g' }).protocol({ topics: ['ab', 'c'] }).metadata,
  }));
  const assigned = await oneOwner({ owns: false })({ cluster, groupId: 'g' }).assign({ members, topics: ['ab', 'c'] });
  return Object.fromEntries(
    assigned.map(({ memberId, memberAssignment }) => [memberId, decodeMemberAssignment(memberAssignment)?.assignment]),
  );
}

const everything = { ab: [0, 1], c: [0] };

describe('one owner', () => {
  test('of several members the smallest id gets every partition, and the others none', async () => {
    expect(await given({ m2: false, m1: false, m3: false })).toEqual({ m1: everything, m2: {}, m3: {} });
  });

  test('a member that owned the partitions when it joined keeps them', async () => {
    expect(await given({ m1: false, m2: true, m3: false })).toEqual({ m1: {}, m2: everything, m3: {} });
  });

  test('of several claims the smallest id has it', async () => {
    expect(await given({ m1: false, m3: true, m2: true })).toEqual({ m1: {}, m2: everything, m3: {} });
  });

  test('a claim that changes is told with the next join', () => {
    const claim = { owns: false };
    const assigner = oneOwner(claim)({ cluster, groupId: 'g' });
    const before = assigner.protocol({ topics: [] }).metadata;
    claim.owns = true;
    expect(assigner.protocol({ topics: [] }).metadata).not.toEqual(before);
    expect(assigner.protocol({ topics: [] }).name).toBe(assigner.name);
  });
});
