import type { Subscription } from 'rxjs';
import { asBuffer } from '../../kafka/asBuffer';
import type { FakeGroupDescription } from './fakeProtocol';
import type { FakeClock, FakeConnection } from '../network/fakeConnection';
import { type FakeCommit, FakeCommits } from './fakeCommits';
import { protocolError } from '../network/fakeErrors';

/** One way to share partitions out that a member offers, and what it tells the leader if it is chosen. */
export interface OfferedProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

/** A request to join. */
export interface JoinRequest {
  /** Empty the first time. */
  readonly memberId: string;
  /** The id that a new member was promised. */
  readonly newId?: string | undefined;
  /** ms */
  readonly sessionTimeout: number;
  /** ms */
  readonly rebalanceTimeout: number;
  readonly protocols: readonly OfferedProtocol[];
  /** Whose member it is. */
  readonly connection: FakeConnection;
}

/** What a member hears when everyone has joined. */
export interface Joined {
  readonly memberId: string;
  readonly generation: number;
  readonly leaderId: string;
  readonly protocol: string;
  /** Only the leader is told who the members are. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Uint8Array }[];
}

/** What the leader gives each member. */
export interface MemberShare {
  readonly memberId: string;
  readonly memberAssignment: Uint8Array;
}

/** A member says who it is, and which generation it knows. */
export interface MemberClaim {
  readonly memberId: string;
  readonly generation: number;
}

interface Member {
  readonly id: string;
  readonly connection: FakeConnection;
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  protocols: readonly OfferedProtocol[];
  /** When it was last heard of, ms. */
  heardAt: number;
  session: Subscription | undefined;
  /** It waits for the others to join. */
  joining: Deferred<Joined> | undefined;
  /** It waits for the leader. */
  syncing: Deferred<Uint8Array> | undefined;
  synced: boolean;
  assignment: Uint8Array;
}

const nothing = new Uint8Array();

/** Kafka's names of the states. */
const stateNames = { empty: 'Empty', preparing: 'PreparingRebalance', completing: 'CompletingRebalance', stable: 'Stable' } as const;

/**
 * The coordinator of one consumer group, as the state machine of Kafka's classic protocol.
 *
 * `empty` → somebody joins → `preparing`: every member must join again, within the rebalance timeout → `completing`: a new generation has begun and waits
 * for its leader's assignment → `stable`. Whoever joins, leaves or falls silent begins it again.
 */
export class FakeGroup {
  readonly commits = new FakeCommits();
  readonly #members = new Map<string, Member>();
  #state: 'empty' | 'preparing' | 'completing' | 'stable' = 'empty';
  #generation = 0;
  #leaderId = '';
  #protocol = '';
  /** For those who do not join again, or do not ask for their share. */
  #patience: Subscription | undefined;

  constructor(
    private readonly clock: FakeClock,
    private readonly nextMemberId: () => string,
    /** Whether a broker coordinates it; while there is none, nobody's session ends. */
    private readonly isCoordinated: () => boolean = () => true,
  ) {}

  get members(): string[] {
    return [...this.#members.keys()];
  }

  /** Whether anybody has ever joined it or committed for it. */
  get isThere(): boolean {
    return this.#generation > 0 || this.#members.size > 0 || this.commits.all().length > 0;
  }

  /** As kafkajs tells it. While a generation is being made, nobody is told its protocol or what its members offer. */
  describe(groupId: string): FakeGroupDescription {
    const isStable = this.#state === 'stable';
    type Described = FakeGroupDescription['members'][number];
    const members = [...this.#members.values()].map(({ id, connection, protocols, assignment }): Described => {
      const metadata = isStable ? protocols.find(({ name }) => name === this.#protocol)?.metadata : undefined;
      return {
        memberId: id,
        clientId: connection.process.clientId ?? 'kafkajs',
        clientHost: '/127.0.0.1',
        memberMetadata: asBuffer(metadata ?? nothing) as Described['memberMetadata'],
        memberAssignment: asBuffer(assignment) as Described['memberAssignment'],
      };
    });
    return { groupId, state: stateNames[this.#state], protocolType: this.protocolType, protocol: isStable ? this.#protocol : '', members };
  }

  /** Empty for a group that nobody ever joined. */
  get protocolType(): string {
    return this.#generation > 0 ? 'consumer' : '';
  }

  connectionOf(memberId: string): FakeConnection | undefined {
    return this.#members.get(memberId)?.connection;
  }

  // Requests

  join(request: JoinRequest): Promise<Joined> {
    const { memberId, protocols } = request;
    const known = this.#members.get(memberId);
    if (memberId !== '' && !known) throw protocolError('UNKNOWN_MEMBER_ID');
    if (!this.#supports(protocols)) throw protocolError('INCONSISTENT_GROUP_PROTOCOL');
    if (known) this.#heard(known);
    if (known && this.#keepsItsPlace(known, protocols)) return Promise.resolve(this.#answerTo(known));
    const member = known ?? this.#add(request);
    member.protocols = protocols;
    const { promise } = (member.joining ??= deferred());
    if (this.#state === 'preparing') this.#completeIfAllJoined();
    else this.#prepare();
    return promise;
  }

  sync({ memberId, generation, shares }: MemberClaim & { readonly shares: readonly MemberShare[] }): Promise<Uint8Array> {
    const member = this.#known(memberId, generation);
    if (this.#state === 'preparing') throw protocolError('REBALANCE_IN_PROGRESS');
    this.#heard(member);
    member.synced = true;
    if (this.#state === 'stable') return Promise.resolve(member.assignment);
    const { promise } = (member.syncing ??= deferred());
    if (memberId === this.#leaderId) {
      this.#state = 'stable';
      for (const other of this.#members.values()) {
        other.assignment = shares.find((share) => share.memberId === other.id)?.memberAssignment ?? nothing;
        other.syncing?.resolve(other.assignment);
        other.syncing = undefined;
      }
    }
    return promise;
  }

  heartbeat({ memberId, generation }: MemberClaim): void {
    this.#heard(this.#known(memberId, generation));
    if (this.#state === 'preparing') throw protocolError('REBALANCE_IN_PROGRESS');
  }

  leave(memberId: string): void {
    const member = this.#members.get(memberId);
    if (!member) throw protocolError('UNKNOWN_MEMBER_ID');
    this.#remove(member);
  }

  /** As Kafka: also while the group is preparing, for those are the last words of the generation. */
  commit({ memberId, generation }: MemberClaim, commits: readonly FakeCommit[]): void {
    const outsider = memberId === '' && generation < 0;
    if (!(outsider && this.#state === 'empty')) {
      this.#heard(this.#known(memberId, generation));
      if (this.#state === 'completing') throw protocolError('REBALANCE_IN_PROGRESS');
    }
    this.commits.store(commits);
  }

  /** Makes every member join again. */
  rebalance(): void {
    if (this.#state === 'stable' || this.#state === 'completing') this.#prepare();
  }

  /** As if each member had just been heard of. */
  renewSessions(): void {
    for (const member of this.#members.values()) this.#heard(member);
  }

  // Members

  #known(memberId: string, generation: number): Member {
    const member = this.#members.get(memberId);
    if (!member) throw protocolError('UNKNOWN_MEMBER_ID');
    if (generation !== this.#generation) throw protocolError('ILLEGAL_GENERATION');
    return member;
  }

  #supports(protocols: readonly OfferedProtocol[]): boolean {
    return protocols.some(({ name }) => [...this.#members.values()].every((member) => offers(member, name)));
  }

  /** Its answer was lost, or a member that is not the leader asks out of turn: nothing has changed. */
  #keepsItsPlace(member: Member, protocols: readonly OfferedProtocol[]): boolean {
    if (!sameProtocols(member.protocols, protocols)) return false;
    return this.#state === 'completing' || (this.#state === 'stable' && member.id !== this.#leaderId);
  }

  #add({ newId, sessionTimeout, rebalanceTimeout, protocols, connection }: JoinRequest): Member {
    const id = newId ?? this.nextMemberId();
    const member: Member = {
      id,
      connection,
      sessionTimeout,
      rebalanceTimeout,
      protocols,
      heardAt: 0,
      session: undefined,
      joining: undefined,
      syncing: undefined,
      synced: false,
      assignment: nothing,
    };
    this.#members.set(id, member);
    if (this.#leaderId === '') this.#leaderId = id;
    this.#heard(member);
    this.#watch(member, sessionTimeout);
    return member;
  }

  #heard(member: Member): void {
    member.heardAt = this.clock.scheduler.now();
  }

  /** One timer a member, however many heartbeats there are. A member that waits for an answer of ours is not silent. */
  #watch(member: Member, wait: number): void {
    member.session = this.clock.scheduler.schedule(() => {
      if (member.joining || member.syncing || !this.isCoordinated()) this.#heard(member);
      const left = member.heardAt + member.sessionTimeout - this.clock.scheduler.now();
      if (left > 0) this.#watch(member, left);
      else this.#remove(member);
    }, wait);
  }

  #remove(member: Member): void {
    this.#forget(member);
    if (this.#state === 'preparing') this.#completeIfAllJoined();
    else this.#prepare();
  }

  #forget(member: Member): void {
    member.session?.unsubscribe();
    member.joining?.reject(protocolError('UNKNOWN_MEMBER_ID'));
    member.syncing?.reject(protocolError('UNKNOWN_MEMBER_ID'));
    this.#members.delete(member.id);
    if (this.#leaderId === member.id) this.#leaderId = this.members[0] ?? '';
  }

  // Generations

  #prepare(): void {
    for (const member of this.#members.values()) {
      member.syncing?.reject(protocolError('REBALANCE_IN_PROGRESS'));
      member.syncing = undefined;
      member.assignment = nothing;
    }
    this.#state = 'preparing';
    this.#giveThem(() => this.#complete());
    this.#completeIfAllJoined();
  }

  /** After the longest rebalance timeout of the members, `then`. */
  #giveThem(then: () => void): void {
    this.#patience?.unsubscribe();
    const timeout = Math.max(0, ...[...this.#members.values()].map(({ rebalanceTimeout }) => rebalanceTimeout));
    this.#patience = this.clock.scheduler.schedule(then, timeout);
  }

  #completeIfAllJoined(): void {
    if ([...this.#members.values()].every(({ joining }) => joining)) this.#complete();
  }

  /** Those who have not joined are members no longer. */
  #complete(): void {
    this.#patience?.unsubscribe();
    for (const member of [...this.#members.values()]) if (!member.joining) this.#forget(member);
    this.#generation++;
    if (this.#members.size === 0) {
      this.#state = 'empty';
      return;
    }
    this.#protocol = this.#electProtocol();
    this.#state = 'completing';
    for (const member of this.#members.values()) {
      member.synced = false;
      this.#heard(member);
      member.joining?.resolve(this.#answerTo(member));
      member.joining = undefined;
    }
    this.#giveThem(() => this.#dropThoseWhoDoNotSync());
  }

  #dropThoseWhoDoNotSync(): void {
    const silent = [...this.#members.values()].filter(({ synced }) => !synced);
    for (const member of silent) this.#forget(member);
    if (silent.length > 0) this.#prepare();
  }

  #answerTo(member: Member): Joined {
    const members = [...this.#members.values()].map(({ id, protocols }) => ({
      memberId: id,
      memberMetadata: protocols.find(({ name }) => name === this.#protocol)?.metadata ?? nothing,
    }));
    return {
      memberId: member.id,
      generation: this.#generation,
      leaderId: this.#leaderId,
      protocol: this.#protocol,
      members: member.id === this.#leaderId ? members : [],
    };
  }

  /** Each member votes for the first it offers among those that all offer. */
  #electProtocol(): string {
    const members = [...this.#members.values()];
    const votes = new Map<string, number>();
    for (const { protocols } of members) {
      const vote = protocols.find(({ name }) => members.every((member) => offers(member, name)));
      if (vote) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1);
    }
    return [...votes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
  }
}

function offers({ protocols }: Member, name: string): boolean {
  return protocols.some((protocol) => protocol.name === name);
}

function sameProtocols(before: readonly OfferedProtocol[], now: readonly OfferedProtocol[]): boolean {
  return (
    before.length === now.length &&
    before.every(({ name, metadata }, i) => name === now[i]?.name && metadata.join() === now[i].metadata.join())
  );
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: Error): void;
}

function deferred<T>(): Deferred<T> {
  const functions: Partial<Pick<Deferred<T>, 'resolve' | 'reject'>> = {};
  const promise = new Promise<T>((resolve, reject) => Object.assign(functions, { resolve, reject }));
  promise.catch(() => undefined); // who asked may be dead by now
  return { promise, ...functions } as Deferred<T>;
}
