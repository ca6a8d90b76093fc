import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Emit } from '../../src/index';
import { type Case, casesOf, kinds } from '../oracle/arbitraries';
import { batch } from '../oracle/batch';
import { type Update, updates } from '../oracle/updates';
import { merges } from '../oracle/windows';
import { life } from './life';
import { type Handling, WindowedSums } from './windowedSums';

/** Where partitions have windows of their own, none has a key of another. */
function keysApart({ log, question }: Case): Case {
  if (question.merged !== false) return { log, question: { ...question, keyed: true } };
  const apart = log.map((records, partition) => records.map((record) => ({ ...record, key: `${partition}${record.key}` })));
  return { log: apart, question: { ...question, keyed: true } };
}

const handling = (sliding: boolean): fc.Arbitrary<Handling> =>
  fc.record({
    emit: sliding ? fc.constant<Emit>('onClose') : fc.constantFrom<Emit>('onClose', 'onUpdate', 'onUpdate', { every: 5 }, { every: 40 }),
    late: fc.constantFrom(undefined, 'emit', 'side'),
    inTurn: fc.boolean(),
  });

const asSet = (values: readonly unknown[]): string[] => [...new Set(values.map((value) => JSON.stringify(value)))].sort();

/** What each record of a partition changes; partitions have windows of their own. */
function changesOf({ log, question }: Case): Update[] {
  return log.flatMap((records, partition) =>
    updates(records, question)
      .changes.flat()
      .map((update) => ({ ...update, ids: update.ids.map((id) => id.replace('0@', `${partition}@`)) })),
  );
}

describe.each(kinds.filter((kind) => kind !== 'global'))('of %s windows', (kind) => {
  test('L1, L5, L7: results and late records are those of a batch, however many lives they take and however those end', async () => {
    await fc.assert(
      fc.asyncProperty(
        casesOf(kind, { earliest: 0, records: 20 }).map(keysApart),
        handling(kind === 'sliding'),
        fc.array(life, { maxLength: 4 }),
        async (given, how, lives) => {
          const { log, question } = given;
          const right = batch(log, question);
          const sums = new WindowedSums(log, question, how);
          for (const each of lives) await sums.live(each);
          await sums.finish();

          const finals = sums.given.filter(({ final }) => final);
          expect(asSet(finals)).toEqual(asSet(right.results.map((result) => ({ ...result, final: true }))));
          expect(sums.committed()).toEqual(log.map((records) => records.length));
          const late = right.records.filter(({ verdict }) => verdict === 'late').map(({ id }) => id);
          expect(sums.lateRecords).toEqual(how.late ? late : []);

          const early = sums.given.filter(({ final }) => !final);
          for (const { key, window, ids } of early) {
            const whole = right.results.find(
              (result) =>
                result.key === key &&
                result.window.start <= window.start &&
                result.window.end >= window.end &&
                ids.every((id) => result.ids.includes(id)),
            );
            expect(whole, `${String(key)} ${JSON.stringify(window)} ${ids.join()}`).toBeDefined();
          }
          if (how.emit === 'onClose') expect(early).toEqual([]);
          if (!how.inTurn) return;
          if (how.emit === 'onUpdate' && (!question.merged || log.length === 1)) expect(asSet(early)).toEqual(asSet(changesOf(given)));
          const lastWord = new Map(
            sums.given.flatMap(({ key, window, ids, final }) =>
              ids.map((id) => [`${id} of ${String(key)} in ${merges(question.window) ? 'its window' : JSON.stringify(window)}`, final]),
            ),
          );
          expect([...lastWord].filter(([, final]) => !final)).toEqual([]);
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 30), endOnFailure: true },
    );
  }, 60_000);
});
