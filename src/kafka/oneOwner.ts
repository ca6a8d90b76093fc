import { decodeMemberMetadata, encodeMemberAssignment, encodeMemberMetadata } from './assignerProtocol';
import type { KafkaAssigner, KafkaAssignerFactory } from './client';

/** What a member of the group tells the leader: whether it owned the partitions when it joined. */
export interface Claim {
  owns: boolean;
}

const name = 'millrace-one-owner';

/**
 * The assignor of pipelines whose windows merge over partitions: one member gets every partition and keeps it while it lives, the others stand by.
 *
 * A member that owned the partitions says so when it joins, and the leader leaves them with it; among several claims, or none, the smallest member id wins,
 * so that every leader decides alike. A claim that is out of date does no harm: whoever gets the partitions begins from what was committed.
 */
export function oneOwner(claim: Claim): KafkaAssignerFactory['create'] {
  return ({ cluster }): KafkaAssigner => ({
    name,
    version: 0,
    protocol: ({ topics }) => ({
      name,
      metadata: encodeMemberMetadata({ version: 0, topics, userData: Uint8Array.of(claim.owns ? 1 : 0) }),
    }),
    assign: ({ members, topics }) => {
      const claims = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        owns: decodeMemberMetadata(memberMetadata)?.userData[0] === 1,
      }));
      claims.sort((a, b) => Number(b.owns) - Number(a.owns) || (a.memberId < b.memberId ? -1 : 1));
      const everything = Object.fromEntries(
        topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)]),
      );
      return Promise.resolve(
        claims.map(({ memberId }, index) => ({
          memberId,
          memberAssignment: encodeMemberAssignment({ version: 0, assignment: index === 0 ? everything : {}, userData: new Uint8Array() }),
        })),
      );
    },
  });
}
