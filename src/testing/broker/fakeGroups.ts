import type { FakeGroupDescription } from './fakeProtocol';
import type { FakeGroup } from './fakeGroup';
import { protocolError } from '../network/fakeErrors';
import type { FakeProcess } from '../network/fakeProcess';

/** The groups of a cluster. One that was only asked about is not there. */
export class FakeGroups {
  readonly #groups = new Map<string, FakeGroup>();

  constructor(private readonly newGroup: () => FakeGroup) {}

  get all(): FakeGroup[] {
    return [...this.#groups.values()];
  }

  get(groupId: string): FakeGroup {
    let group = this.#groups.get(groupId);
    if (!group) this.#groups.set(groupId, (group = this.newGroup()));
    return group;
  }

  /** Whose a member is. */
  processOf(memberId: string): FakeProcess | undefined {
    return this.all.map((group) => group.connectionOf(memberId)?.process).find((found) => found);
  }

  list(): { groupId: string; protocolType: string }[] {
    return [...this.#groups].filter(([, group]) => group.isThere).map(([groupId, { protocolType }]) => ({ groupId, protocolType }));
  }

  /** One that is not there is dead. */
  describe(groupId: string): FakeGroupDescription {
    const group = this.#groups.get(groupId);
    if (group?.isThere) return group.describe(groupId);
    return { groupId, state: 'Dead', protocolType: '', protocol: '', members: [] };
  }

  /** With what it has committed; refuses one that has members. */
  delete(groupId: string): void {
    const group = this.#groups.get(groupId);
    if (!group?.isThere) throw protocolError('GROUP_ID_NOT_FOUND');
    if (group.members.length > 0) throw protocolError('NON_EMPTY_GROUP');
    this.#groups.delete(groupId);
  }

  /** What they have committed in a topic goes with it. */
  forget(topic: string): void {
    for (const { commits } of this.all) commits.forget(topic);
  }
}
