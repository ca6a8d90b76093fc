import { batch, type Result } from './batch';
import type { Question } from './judge';
import type { OracleRecord } from './windows';

/** A result as it is so far, or the last word. */
export interface Update extends Result {
  readonly final: boolean;
}

/**
 * What `emit: 'onUpdate'` must give for records of one partition that come in this order, as a set: for each record the windows that it has changed or begun,
 * with all that is in them so far; and each window once more, as final, when it has closed.
 *
 * What a record has changed is the difference between a batch of all records through it, and one of those before it.
 */
export function updates<R extends OracleRecord>(
  records: readonly R[],
  question: Question<R>,
): { changes: readonly Update[][]; finals: Update[] } {
  const soFar = records.map((_, offset) => batch([records.slice(0, offset + 1)], question).results);
  const changes = soFar.map((results, offset) => {
    const before = new Set((soFar[offset - 1] ?? []).map((result) => JSON.stringify(result)));
    return results.filter((result) => !before.has(JSON.stringify(result))).map((result) => ({ ...result, final: false }));
  });
  return { changes, finals: (soFar.at(-1) ?? []).map((result) => ({ ...result, final: true })) };
}
