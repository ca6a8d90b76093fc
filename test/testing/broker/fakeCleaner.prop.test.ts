import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactLog, retainLog } from '../../../src/testing/broker/fakeCleaner';
import { FakeLog } from '../../../src/testing/broker/fakeLog';
import { settingsOf, type FakeTopicConfig } from '../../../src/testing/broker/fakeSettings';
import { batchSize } from '../../../src/testing/broker/fakeSizes';

interface Written {
  readonly key: number;
  readonly isTombstone: boolean;
  readonly timestamp: number;
}

const written = fc.record({ key: fc.nat(4), isTombstone: fc.boolean(), timestamp: fc.nat(100) });
const batches = fc.array(fc.array(written, { minLength: 1, maxLength: 4 }), { maxLength: 15 });
const message = ({ key, isTombstone, timestamp }: Written) => ({
  key: Uint8Array.of(key, 200),
  value: isTombstone ? null : Uint8Array.of(1),
  timestamp: String(timestamp),
  headers: {},
});

function logOf(all: readonly (readonly Written[])[], config: FakeTopicConfig = {}): FakeLog {
  const log = new FakeLog('t', 0, 0, settingsOf(config));
  for (const batch of all) log.append(batch.map(message));
  return log;
}

const offsetsOf = (log: FakeLog): number[] => log.messages('read_uncommitted').map(({ offset }) => Number(offset));

for (const deleteTombstones of [false, true]) {
  test(`compaction that ${deleteTombstones ? 'deletes' : 'keeps'} tombstones leaves the last of each key, and again changes nothing`, () => {
    fc.assert(
      fc.property(batches, (all) => {
        const log = logOf(all);
        const records = all.flat();
        compactLog(log, deleteTombstones);
        const kept = records.flatMap(({ key, isTombstone }, offset) => {
          const isLast = !records.slice(offset + 1).some((later) => later.key === key);
          const isNewest = offset === records.length - 1;
          return isLast && (isNewest || !(isTombstone && deleteTombstones)) ? [offset] : [];
        });
        expect(offsetsOf(log)).toEqual(kept);
        expect([log.start, log.end]).toEqual([0, records.length]);
        compactLog(log, deleteTombstones);
        expect(offsetsOf(log)).toEqual(kept);
      }),
    );
  });
}

test('marks stay where they are', () => {
  const log = logOf([[{ key: 1, isTombstone: false, timestamp: 0 }]]);
  log.append([message({ key: 1, isTombstone: false, timestamp: 0 })], { isControl: true });
  log.append([message({ key: 1, isTombstone: false, timestamp: 0 })]);
  compactLog(log, true);
  expect(log.read(0, log.end, Infinity, true).batches.map(({ base, isControl }) => [base, isControl])).toEqual([
    [1, true],
    [2, undefined],
  ]);
});

test('retention deletes the old from the beginning, and stops at the first batch that is young', () => {
  fc.assert(
    fc.property(batches, fc.nat(120), (all, now) => {
      const log = logOf(all, { 'retention.ms': '10' });
      retainLog(log, now);
      const young = all.findIndex((batch) => batch.some(({ timestamp }) => now - timestamp <= 10));
      const deleted = (young === -1 ? all : all.slice(0, young)).flat().length;
      expect([log.start, log.end]).toEqual([deleted, all.flat().length]);
      expect(offsetsOf(log)).toEqual(Array.from({ length: log.end - deleted }, (_, i) => deleted + i));
    }),
  );
});

test('retention by size keeps the newest batches that have so many bytes together', () => {
  const one = [{ key: 1, isTombstone: false, timestamp: 0 }];
  const bytes = batchSize(one.map(message));
  const startFor = (retentionBytes: number): number => {
    const log = logOf([one, one, one, one], { 'retention.bytes': String(retentionBytes) });
    retainLog(log, 0);
    return log.start;
  };
  expect([startFor(4 * bytes), startFor(3 * bytes), startFor(3 * bytes - 1), startFor(bytes), startFor(1)]).toEqual([0, 1, 1, 3, 3]);
});

test('a topic that is not to be deleted is not', () => {
  const log = logOf([[{ key: 1, isTombstone: false, timestamp: 0 }]], { 'cleanup.policy': 'compact', 'retention.ms': '10' });
  retainLog(log, 1_000);
  expect(log.start).toBe(0);
});
