import type { Step } from './partitionEpoch';
import type { Progress } from './task';

/** What travels with a committed offset, beyond the offset. */
export interface CommitMetadata extends Omit<Progress, 'offset'> {
  /** The run that committed: a new id for each run. */
  readonly owner: string;
  /** The windows of the pipeline that committed, as text. */
  readonly fingerprint: string;
  /** How many partitions the topic had when its first assignment was committed. */
  readonly founders: number;
}

/** Kafka's own limit (`offset.metadata.max.bytes`); a longer text is refused for that partition while others of the same request are stored. */
export const metadataLimit = 4_096;

/** How many steps fit beside the rest: each is at most 44 characters, and the rest is bounded by the length of the fingerprint. */
export function stepsThatFit(fingerprint: string): number {
  return Math.max(1, Math.floor((metadataLimit - 300 - JSON.stringify(fingerprint).length * 3) / 44));
}

const version = 'millrace/1 ';

/**
 * Writes the metadata of one partition: a version, then JSON. Offsets of steps are written as distances from the committed offset, and an infinite time as
 * null, since JSON has none.
 */
export function encodeMetadata(
  offset: number,
  { owner, fingerprint, founders, watermark, steps, ackedThrough, out }: CommitMetadata,
): string {
  const written = steps.map((step) => [step.offset - offset, finite(step.watermark)]);
  return (
    version + JSON.stringify([owner, fingerprint, founders, finite(watermark), finite(out), Math.max(0, ackedThrough - offset), written])
  );
}

/** Reads what `encodeMetadata` wrote; `undefined` if there is none, `'unreadable'` if it is not ours or of a newer version. */
export function decodeMetadata(offset: number, text: string | null): CommitMetadata | 'unreadable' | undefined {
  if (text === null || text === '') return undefined;
  if (!text.startsWith(version)) return 'unreadable';
  let fields: unknown;
  try {
    fields = JSON.parse(text.slice(version.length));
  } catch {
    return 'unreadable';
  }
  if (!Array.isArray(fields)) return 'unreadable';
  const [owner, fingerprint, founders, watermark, out, acked, steps] = fields as unknown[];
  if (typeof owner !== 'string' || typeof fingerprint !== 'string' || typeof founders !== 'number' || typeof acked !== 'number')
    return 'unreadable';
  if (!isTime(watermark) || !isTime(out) || !Array.isArray(steps) || !steps.every(isStep)) return 'unreadable';
  return {
    owner,
    fingerprint,
    founders,
    watermark: watermark ?? -Infinity,
    out: out ?? -Infinity,
    ackedThrough: offset + acked,
    steps: steps.map(([distance, to]): Step => ({ offset: offset + distance, watermark: to ?? -Infinity })),
  };
}

function finite(time: number): number | null {
  return Number.isFinite(time) ? time : null;
}

function isTime(value: unknown): value is number | null {
  return value === null || typeof value === 'number';
}

function isStep(value: unknown): value is [number, number | null] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && isTime(value[1]);
}
