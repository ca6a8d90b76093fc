import { AssignerProtocol } from 'kafkajs';
import type { KafkaAssigner, KafkaAssignerFactory } from '../../../src/kafka/client';

/** A member as the leader sees it. */
export interface JoiningMember {
  readonly memberId: string;
  readonly topics: readonly string[];
  readonly userData: string;
}

/** How an assignor of a test shares partitions out. */
export interface AssignerOptions {
  readonly name: string;
  /** What the member tells the leader. */
  readonly userData?: () => string;
  /** Gives partitions by topic to members by id. */
  readonly assign: (
    members: readonly JoiningMember[],
    topics: readonly string[],
    partitionsOf: (topic: string) => number[],
  ) => Promise<Record<string, Record<string, number[]>>>;
}

/** An assignor, written with kafkajs' own encoding. */
export function assigner({ name, userData = () => '', assign }: AssignerOptions): KafkaAssignerFactory['create'] {
  return ({ cluster }): KafkaAssigner => ({
    name,
    version: 0,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.from(userData()) }),
    }),
    assign: async ({ members, topics }) => {
      const joining = members.map(({ memberId, memberMetadata }) => {
        const told = AssignerProtocol.MemberMetadata.decode(Buffer.from(memberMetadata));
        return { memberId, topics: told?.topics ?? [], userData: told?.userData.toString() ?? '' };
      });
      const given = await assign(joining, topics, (topic) =>
        cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
      );
      return Object.entries(given).map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }),
      }));
    },
  });
}

/** Gives every partition to the member with the smallest id, after what is to be done first. */
export function everythingToTheFirst(
  before: () => Promise<void> = () => Promise.resolve(),
  name = 'everything-to-the-first',
): KafkaAssignerFactory['create'] {
  return assigner({
    name,
    assign: async (members, topics, partitionsOf) => {
      await before();
      const [first = ''] = members.map(({ memberId }) => memberId).sort();
      return { [first]: Object.fromEntries(topics.map((topic) => [topic, partitionsOf(topic)])) };
    },
  });
}
