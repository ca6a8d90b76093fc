import { protocolError } from '../network/fakeErrors';

/** Settings of a topic by Kafka's names, `cleanup.policy` and so on. */
export type FakeTopicConfig = Readonly<Record<string, string>>;

/** What the settings of a topic mean to the broker in memory. */
export interface TopicSettings {
  /** Whether only the last record of a key counts, so that each must have one. */
  readonly isCompacted: boolean;
  /** Whether old records are deleted. */
  readonly isDeleted: boolean;
  /** Whether records get the broker's time and not their producer's. */
  readonly hasAppendTime: boolean;
  /** Of a batch. */
  readonly maxMessageBytes: number;
  /** ms; Infinity: for ever. */
  readonly retentionMs: number;
  /** Of a partition; Infinity: any number. */
  readonly retentionBytes: number;
}

/** Settings that are taken and change nothing in memory, and the least that Kafka takes for those that are whole numbers. */
const withoutEffect: Readonly<Record<string, number | undefined>> = {
  'compression.gzip.level': -1,
  'compression.lz4.level': 1,
  'compression.type': undefined,
  'compression.zstd.level': undefined,
  'delete.retention.ms': 0,
  'file.delete.delay.ms': 0,
  'flush.messages': 1,
  'flush.ms': 0,
  'follower.replication.throttled.replicas': undefined,
  'index.interval.bytes': 0,
  'leader.replication.throttled.replicas': undefined,
  'local.retention.bytes': -2,
  'local.retention.ms': -2,
  'max.compaction.lag.ms': 1,
  'message.timestamp.after.max.ms': 0,
  'message.timestamp.before.max.ms': 0,
  'min.cleanable.dirty.ratio': undefined,
  'min.compaction.lag.ms': 0,
  'min.insync.replicas': 1,
  preallocate: undefined,
  'remote.log.copy.disable': undefined,
  'remote.log.delete.on.disable': undefined,
  'remote.storage.enable': undefined,
  'segment.bytes': 1_048_576,
  'segment.index.bytes': 4,
  'segment.jitter.ms': 0,
  'segment.ms': 1,
  'unclean.leader.election.enable': undefined,
};

const effects: Readonly<Record<string, (value: string) => Partial<TopicSettings>>> = {
  'cleanup.policy': (value) => {
    const policies = list(value).map((policy) => oneOf(policy, ['compact', 'delete']));
    return { isCompacted: policies.includes('compact'), isDeleted: policies.includes('delete') };
  },
  'message.timestamp.type': (value) => ({ hasAppendTime: oneOf(value, ['CreateTime', 'LogAppendTime']) === 'LogAppendTime' }),
  'max.message.bytes': (value) => ({ maxMessageBytes: whole(value, 0) }),
  'retention.ms': (value) => ({ retentionMs: limit(value) }),
  'retention.bytes': (value) => ({ retentionBytes: limit(value) }),
};

/** Kafka's defaults, but for retention: what a test has written stays, however old its timestamps are. */
export const defaultSettings: TopicSettings = {
  isCompacted: false,
  isDeleted: true,
  hasAppendTime: false,
  maxMessageBytes: 1_048_588,
  retentionMs: Infinity,
  retentionBytes: Infinity,
};

/** What a topic's settings mean; INVALID_CONFIG for one that Kafka does not know, or a value that it refuses. */
export function settingsOf(config: FakeTopicConfig): TopicSettings {
  return Object.entries(config).reduce<TopicSettings>((settings, [name, value]) => {
    const effect = Object.hasOwn(effects, name) ? effects[name] : undefined;
    if (effect) return { ...settings, ...effect(value) };
    if (!Object.hasOwn(withoutEffect, name)) throw protocolError('INVALID_CONFIG');
    const least = withoutEffect[name];
    if (least !== undefined) whole(value, least);
    return settings;
  }, defaultSettings);
}

function list(value: string): string[] {
  return value.split(',').map((entry) => entry.trim());
}

function oneOf(value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw protocolError('INVALID_CONFIG');
}

function whole(value: string, least: number): number {
  const number = Number(value);
  if (/^-?\d+$/.test(value.trim()) && number >= least) return number;
  throw protocolError('INVALID_CONFIG');
}

/** -1 is none. */
function limit(value: string): number {
  const number = whole(value, -1);
  return number === -1 ? Infinity : number;
}
