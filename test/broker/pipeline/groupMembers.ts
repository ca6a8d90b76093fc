import { FakeKafka } from '../../../src/testing/index';
import type { Trial } from '../behaviours/trial';
import { brokerKafka } from '../realKafka';

/** The ids of the members of the trial's group. */
export async function groupMembers({ broker, groupId }: Trial): Promise<readonly string[]> {
  const kafka = broker.kafka();
  if (kafka instanceof FakeKafka) return kafka.members(groupId);
  const admin = brokerKafka('members').admin();
  await admin.connect();
  try {
    const { groups } = await admin.describeGroups([groupId]);
    return groups[0]?.members.map(({ memberId }) => memberId) ?? [];
  } finally {
    await admin.disconnect();
  }
}
