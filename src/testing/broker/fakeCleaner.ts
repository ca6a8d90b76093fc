import type { FakeLog, LogBatch } from './fakeLog';

/** Keeps the last record of each key. What is newest stays whatever it is, for a broker does not compact the segment that it writes to. */
export function compactLog(log: FakeLog, deleteTombstones: boolean): void {
  const end = log.stableEnd;
  const last = new Map<string, string>();
  for (const { key, offset } of log.messages('read_committed')) if (key) last.set(nameOf(key), offset);
  log.keep(({ key, value, offset }, { isControl = false }) => {
    if (isControl || Number(offset) >= end - 1) return true;
    return key !== null && last.get(nameOf(key)) === offset && !(deleteTombstones && value === null);
  });
}

/**
 * Deletes from the beginning what is older than `retentionMs`, or more than `retentionBytes`.
 *
 * A broker does this now and then and deletes whole segments, each when its newest record is too old. Here it is as if each batch were a segment, and the
 * newest is never too many.
 */
export function retainLog(log: FakeLog, now: number): void {
  const { isDeleted, retentionMs, retentionBytes } = log.settings;
  if (!isDeleted) return;
  const { batches, bytes } = log.read(log.start, log.stableEnd, Infinity, false);
  let left = bytes;
  let start = log.start;
  for (const batch of batches) {
    left -= batch.bytes;
    if (now - newestOf(batch) <= retentionMs && left < retentionBytes) break;
    start = batch.last + 1;
  }
  log.deleteBefore(start);
}

function newestOf({ messages }: LogBatch): number {
  return Math.max(...messages.map(({ timestamp }) => Number(timestamp)));
}

/** Bytes as a key of a map: each byte is one character. */
function nameOf(key: Uint8Array): string {
  return new TextDecoder('latin1').decode(key);
}
