import { expect, test } from 'vitest';
import { FakeConnection } from '../../../src/testing/network/fakeConnection';
import { FakeGroup, type Joined, type MemberShare } from '../../../src/testing/broker/fakeGroup';
import { Clock, settled } from '../../run/clock';

const bytes = (...numbers: number[]) => Uint8Array.from(numbers);

/** A group, and what its members hear. */
class Coordinator {
  readonly clock = new Clock();
  readonly heard: string[] = [];
  readonly group: FakeGroup;

  constructor() {
    let count = 0;
    this.group = new FakeGroup({ scheduler: this.clock, latency: 0 }, () => `m${++count}`);
  }

  join(
    memberId = '',
    protocols: Record<string, Uint8Array> = { p: bytes(0) },
    sessionTimeout = 100,
    rebalanceTimeout = 1_000,
  ): Promise<Joined> {
    const connection = new FakeConnection({ scheduler: this.clock, latency: 0 });
    const offered = Object.entries(protocols).map(([name, metadata]) => ({ name, metadata }));
    return this.group.join({ memberId, sessionTimeout, rebalanceTimeout, protocols: offered, connection });
  }

  /** Notes how it ends. */
  note(name: string, answer: Promise<unknown>): void {
    answer.then(
      () => this.heard.push(name),
      (error: unknown) => this.heard.push(`${name} ${(error as { type: string }).type}`),
    );
  }

  sync(memberId: string, generation: number, shares: readonly MemberShare[] = []): Promise<Uint8Array> {
    return this.group.sync({ memberId, generation, shares });
  }

  /** Two members that know each other: m1 leads. */
  static async ofTwo(): Promise<Coordinator> {
    const coordinator = new Coordinator();
    await coordinator.join();
    const second = coordinator.join();
    await coordinator.join('m1');
    await second;
    return coordinator;
  }
}

const refusal = (call: () => unknown): string => {
  try {
    call();
    return 'taken';
  } catch (error) {
    return (error as { type: string }).type;
  }
};

test('everyone hears of the new generation when the last has joined, and only the leader who they are', async () => {
  const coordinator = new Coordinator();
  expect(await coordinator.join()).toMatchObject({ memberId: 'm1', leaderId: 'm1', generation: 1, members: [{ memberId: 'm1' }] });
  const second = coordinator.join('', { p: bytes(7) });
  coordinator.note('second', second);
  await settled();
  expect(coordinator.heard).toEqual([]);
  expect(await coordinator.join('m1')).toMatchObject({
    generation: 2,
    members: [
      { memberId: 'm1', memberMetadata: bytes(0) },
      { memberId: 'm2', memberMetadata: bytes(7) },
    ],
  });
  expect(await second).toMatchObject({ memberId: 'm2', leaderId: 'm1', generation: 2, members: [] });
});

test('members are given what the leader says, and nothing if it says nothing', async () => {
  const coordinator = await Coordinator.ofTwo();
  const second = coordinator.sync('m2', 2);
  expect(await coordinator.sync('m1', 2, [{ memberId: 'm2', memberAssignment: bytes(5) }])).toEqual(bytes());
  expect(await second).toEqual(bytes(5));
  expect(await coordinator.sync('m2', 2)).toEqual(bytes(5));
});

test('whoever is unknown or of another generation is refused', async () => {
  const coordinator = await Coordinator.ofTwo();
  expect(refusal(() => coordinator.join('m9'))).toBe('UNKNOWN_MEMBER_ID');
  expect(refusal(() => coordinator.sync('m9', 2))).toBe('UNKNOWN_MEMBER_ID');
  expect(refusal(() => coordinator.sync('m1', 1))).toBe('ILLEGAL_GENERATION');
  expect(refusal(() => coordinator.group.heartbeat({ memberId: 'm1', generation: 3 }))).toBe('ILLEGAL_GENERATION');
  expect(refusal(() => coordinator.group.leave('m9'))).toBe('UNKNOWN_MEMBER_ID');
});

test('commits are taken of the generation of now, and of those who are in no group while there are no members', async () => {
  const coordinator = new Coordinator();
  const commit = (memberId: string, generation: number) => refusal(() => coordinator.group.commit({ memberId, generation }, []));
  expect(commit('', -1)).toBe('taken');
  await coordinator.join();
  expect(commit('', -1)).toBe('UNKNOWN_MEMBER_ID');
  expect(commit('m1', 1)).toBe('REBALANCE_IN_PROGRESS');
  await coordinator.sync('m1', 1);
  expect(commit('m1', 1)).toBe('taken');
  coordinator.note('second', coordinator.join());
  expect(refusal(() => coordinator.group.heartbeat({ memberId: 'm1', generation: 1 }))).toBe('REBALANCE_IN_PROGRESS');
  expect(commit('m1', 1)).toBe('taken');
  await coordinator.join('m1');
  expect(commit('m1', 1)).toBe('ILLEGAL_GENERATION');
});

test('a member whose answer was lost gets it again, and only the leader begins a new generation by asking', async () => {
  const coordinator = await Coordinator.ofTwo();
  expect(await coordinator.join('m1')).toMatchObject({ generation: 2, members: [{ memberId: 'm1' }, { memberId: 'm2' }] });
  coordinator.note('sync of m2', coordinator.sync('m2', 2));
  await coordinator.sync('m1', 2);
  expect(await coordinator.join('m2')).toMatchObject({ generation: 2 });
  coordinator.note('join of the leader', coordinator.join('m1'));
  await settled();
  expect(coordinator.heard).toEqual(['sync of m2']);
  expect(await coordinator.join('m2')).toMatchObject({ generation: 3 });
});

test('a member that has something else to tell begins a new generation', async () => {
  const coordinator = await Coordinator.ofTwo();
  await coordinator.sync('m1', 2);
  coordinator.note('join of m2', coordinator.join('m2', { p: bytes(9) }));
  await settled();
  expect(coordinator.heard).toEqual([]);
  expect((await coordinator.join('m1')).members[1]?.memberMetadata).toEqual(bytes(9));
});

test('who waits for the leader is told when somebody joins meanwhile', async () => {
  const coordinator = await Coordinator.ofTwo();
  coordinator.note('sync', coordinator.sync('m2', 2));
  coordinator.note('third', coordinator.join());
  await settled();
  expect(coordinator.heard).toEqual(['sync REBALANCE_IN_PROGRESS']);
});

test('who leaves while it waits is told, and the others go on without it', async () => {
  const coordinator = await Coordinator.ofTwo();
  coordinator.note('sync', coordinator.sync('m2', 2));
  coordinator.group.leave('m2');
  coordinator.note('join of m1', coordinator.join('m1'));
  coordinator.note('third', coordinator.join());
  await settled();
  expect(coordinator.heard).toEqual(['sync UNKNOWN_MEMBER_ID', 'join of m1']);
  coordinator.group.leave('m3');
  await settled();
  expect(coordinator.heard.slice(2)).toEqual(['third UNKNOWN_MEMBER_ID']);
});

test('silence ends a session, but not of those who wait for an answer', async () => {
  const coordinator = new Coordinator();
  await coordinator.join('', { p: bytes(0) }, 5_000);
  coordinator.note('second', coordinator.join());
  await coordinator.clock.pass(999);
  expect(coordinator.group.members).toEqual(['m1', 'm2']);
  await coordinator.clock.pass(1); // the rebalance timeout
  expect(coordinator.heard).toEqual(['second']);
  expect(coordinator.group.members).toEqual(['m2']);
  await coordinator.clock.pass(99);
  expect(coordinator.group.members).toEqual(['m2']);
  await coordinator.clock.pass(1);
  expect(coordinator.group.members).toEqual([]);
});

test('who does not ask for its share within the rebalance timeout is put out', async () => {
  const coordinator = new Coordinator();
  await coordinator.join('', { p: bytes(0) }, 5_000);
  const second = coordinator.join('', { p: bytes(0) }, 5_000);
  await coordinator.join('m1');
  await second;
  await coordinator.sync('m1', 2);
  await coordinator.clock.pass(999);
  expect(coordinator.group.members).toEqual(['m1', 'm2']);
  await coordinator.clock.pass(1);
  expect(coordinator.group.members).toEqual(['m1']);
});

test('when the leader goes another leads', async () => {
  const coordinator = await Coordinator.ofTwo();
  coordinator.group.leave('m1');
  expect(await coordinator.join('m2')).toMatchObject({ leaderId: 'm2', generation: 3, members: [{ memberId: 'm2' }] });
});

test('the protocol is the one that most put first, of those that all offer', async () => {
  const coordinator = new Coordinator();
  await coordinator.join('', { mine: bytes(), b: bytes(), c: bytes() });
  const others = [coordinator.join('', { c: bytes(), b: bytes() }), coordinator.join('', { c: bytes(), b: bytes() })];
  expect((await coordinator.join('m1', { mine: bytes(), b: bytes(), c: bytes() })).protocol).toBe('c');
  await Promise.all(others);
  expect(refusal(() => coordinator.join('', { mine: bytes() }))).toBe('INCONSISTENT_GROUP_PROTOCOL');
});
