import { encodeMemberAssignment, encodeMemberMetadata } from '../../kafka/assignerProtocol';
import type { KafkaAssigner, KafkaAssignerFactory } from '../../kafka/client';

const nothing = new Uint8Array();

/** kafkajs' default assignor: the partitions of all topics are dealt out to the members in the order of their ids. */
export const roundRobin: KafkaAssignerFactory['create'] = ({ cluster }): KafkaAssigner => ({
  name: 'RoundRobinAssigner',
  version: 0,
  protocol: ({ topics }) => ({ name: 'RoundRobinAssigner', metadata: encodeMemberMetadata({ version: 0, topics, userData: nothing }) }),
  assign: async ({ members, topics }) => {
    const memberIds = members.map(({ memberId }) => memberId).sort();
    const partitions = topics.flatMap((topic) =>
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ topic, partitionId })),
    );
    return memberIds.map((memberId, place) => {
      const assignment: Record<string, number[]> = {};
      partitions.forEach(({ topic, partitionId }, i) => {
        if (i % memberIds.length === place) (assignment[topic] ??= []).push(partitionId);
      });
      return { memberId, memberAssignment: encodeMemberAssignment({ version: 0, assignment, userData: nothing }) };
    });
  },
});
