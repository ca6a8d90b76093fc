import type { OffsetCommit } from '../../src/kafka/groupReader';
import { type CommitMetadata, decodeMetadata, encodeMetadata } from '../../src/run/metadata';
import type { PartitionEpoch } from '../../src/run/partitionEpoch';
import type { TableOptions, WindowTable } from '../../src/run/tables/windowTable';
import type { Commit } from './storedTopic';
import { lettingGoEarly, suppressingAtFolding } from './tamperedTables';
import type { WindowKind, WindowPlan } from './windowKinds';

/** A broker that keeps or gives back something else than it was given, or says something else than it did. */
export interface Tamper {
  commit?(commit: OffsetCommit, epoch: Pick<PartitionEpoch, 'position' | 'ackedThrough'>): OffsetCommit;
  restored?(commit: Commit): Commit;
  readonly alwaysAnswersStored?: boolean;
  /** A table that takes the place of another. */
  table?(table: WindowTable, options: TableOptions, window: WindowPlan): WindowTable;
  /** Late records go to the late output also when an earlier life has given them. */
  readonly givesLateAgain?: boolean;
  /** The windows that it is about. Default: all. */
  readonly kinds?: readonly WindowKind[];
}

/** Gives back other metadata than it was given. */
function telling(change: (told: CommitMetadata, offset: number) => Partial<CommitMetadata>): Tamper {
  return {
    restored(commit) {
      const told = decodeMetadata(commit.offset, commit.metadata);
      if (typeof told !== 'object') throw new Error(`metadata that cannot be read: ${commit.metadata}`);
      return { ...commit, metadata: encodeMetadata(commit.offset, { ...told, ...change(told, commit.offset) }) };
    },
  };
}

/** Each takes one thing away that recovery is built on. The checks must see it; otherwise they would not see it missing from the code either. */
export const tampers: Readonly<Record<string, Tamper>> = {
  /** As if nothing held a commit. */
  'the position is committed': {
    commit: (commit, { position }) => ({ ...commit, offset: position, metadata: moved(commit, position) }),
  },
  'the watermark is not kept': telling(() => ({ watermark: -Infinity })),
  'steps are not kept': telling(() => ({ steps: [] })),
  'only the last step is kept': telling(({ steps }) => ({ steps: steps.slice(-1) })),
  'what has been acked is not kept': telling((_, offset) => ({ ackedThrough: offset })),
  'everything counts as acked': telling(() => ({ ackedThrough: 1_000 })),
  'what is out is not kept': telling(() => ({ out: -Infinity })),
  'one end too many is out': telling(({ out }) => ({ out: out + 50 })),
  'founders are not kept': telling(() => ({ founders: 0 })),
  'everyone is a founder': telling(() => ({ founders: 1_000 })),
  'changes count as told before they are': {
    commit: (commit, { ackedThrough }) => ({ ...commit, metadata: acked(commit, ackedThrough) }),
  },
  'late records are given again': { givesLateAgain: true },
  'sessions that are out are passed over when they are folded, and not when they close': {
    kinds: ['session', 'session by record'],
    table: suppressingAtFolding,
  },
  'a slice is let go one window early': { kinds: ['hopping'], table: lettingGoEarly },
  'a record is let go with the last window that has it, though windows slide': { kinds: ['sliding'], table: lettingGoEarly },
  'a commit counts as stored when it is not': { alwaysAnswersStored: true },
};

/** The same metadata, with another word on what has been acked. */
function acked({ offset, metadata }: OffsetCommit, ackedThrough: number): string {
  const told = decodeMetadata(offset, metadata);
  if (typeof told !== 'object') throw new Error(`metadata that cannot be read: ${metadata}`);
  return encodeMetadata(offset, { ...told, ackedThrough: Math.max(offset, ackedThrough) });
}

/** The same metadata for another offset. */
function moved({ offset, metadata }: OffsetCommit, position: number): string {
  const told = decodeMetadata(offset, metadata);
  if (typeof told !== 'object') throw new Error(`metadata that cannot be read: ${metadata}`);
  return encodeMetadata(position, { ...told, steps: told.steps.filter((step) => step.offset > position) });
}
