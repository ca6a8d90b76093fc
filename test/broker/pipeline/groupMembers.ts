import type { Trial } from '../behaviours/trial';

/** The ids of the members of the trial's group. */
export async function groupMembers(trial: Trial): Promise<readonly string[]> {
  const { groups } = await (await trial.admin()).describeGroups([trial.groupId]);
  return groups[0]?.members.map(({ memberId }) => memberId) ?? [];
}
