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
  /** Those that were given. */
  readonly config: FakeTopicConfig;
}

/** What Kafka has for a setting that a topic does not name; with the least that it takes for those that are whole numbers. */
type Setting = readonly [byDefault: string, least?: number];

const longest = '9223372036854775807';

/** Settings that are taken and change nothing in memory. */
const withoutEffect: Readonly<Record<string, Setting>> = {
  'compression.gzip.level': ['-1', -1],
  'compression.lz4.level': ['9', 1],
  'compression.type': ['producer'],
  'compression.zstd.level': ['3'],
  'delete.retention.ms': ['86400000', 0],
  'file.delete.delay.ms': ['60000', 0],
  'flush.messages': [longest, 1],
  'flush.ms': [longest, 0],
  'follower.replication.throttled.replicas': [''],
  'index.interval.bytes': ['4096', 0],
  'leader.replication.throttled.replicas': [''],
  'local.retention.bytes': ['-2', -2],
  'local.retention.ms': ['-2', -2],
  'max.compaction.lag.ms': [longest, 1],
  'message.timestamp.after.max.ms': ['3600000', 0],
  'message.timestamp.before.max.ms': [longest, 0],
  'min.cleanable.dirty.ratio': ['0.5'],
  'min.compaction.lag.ms': ['0', 0],
  'min.insync.replicas': ['1', 1],
  preallocate: ['false'],
  'remote.log.copy.disable': ['false'],
  'remote.log.delete.on.disable': ['false'],
  'remote.storage.enable': ['false'],
  'segment.bytes': ['1073741824', 1_048_576],
  'segment.index.bytes': ['10485760', 4],
  'segment.jitter.ms': ['0', 0],
  'segment.ms': ['604800000', 1],
  'unclean.leader.election.enable': ['false'],
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
  config: {},
};

/** All settings as texts: those of a topic that names none. */
const defaultTexts = new Map([
  ...Object.entries(withoutEffect).map(([name, [byDefault]]) => [name, byDefault] as const),
  ['cleanup.policy', 'delete'],
  ['message.timestamp.type', 'CreateTime'],
  ['max.message.bytes', String(defaultSettings.maxMessageBytes)],
  ['retention.ms', '-1'],
  ['retention.bytes', '-1'],
]);

/** A setting of a topic, as a text, and whether it was given. */
export interface DescribedSetting {
  readonly name: string;
  readonly value: string;
  readonly isDefault: boolean;
}

/** All settings of a topic, or those with these names; names that Kafka does not know are left out. */
export function describedSettings({ config }: TopicSettings, names?: readonly string[]): DescribedSetting[] {
  return [...defaultTexts]
    .filter(([name]) => !names || names.includes(name))
    .map(([name, byDefault]) => ({ name, value: config[name] ?? byDefault, isDefault: !Object.hasOwn(config, name) }));
}

/** What a topic's settings mean; INVALID_CONFIG for one that Kafka does not know, or a value that it refuses. */
export function settingsOf(config: FakeTopicConfig): TopicSettings {
  const meant = Object.entries(config).reduce<TopicSettings>((settings, [name, value]) => {
    const effect = Object.hasOwn(effects, name) ? effects[name] : undefined;
    if (effect) return { ...settings, ...effect(value) };
    if (!Object.hasOwn(withoutEffect, name)) throw protocolError('INVALID_CONFIG');
    const least = withoutEffect[name]?.[1];
    if (least !== undefined) whole(value, least);
    return settings;
  }, defaultSettings);
  return { ...meant, config: { ...config } };
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
