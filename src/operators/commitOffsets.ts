import type { MonoTypeOperatorFunction } from 'rxjs';
import { StreamError } from '../errors';
import type { StreamRecord } from '../records';
import type { RunHandle } from '../run/scope';
import { shareOf } from '../run/share';
import { type Duration, toMillis } from '../time/duration';
import { operate } from './operate';

/** How often offsets are committed. */
export interface CommitOffsetsOptions {
  /** At least this often while there is something to commit, ms or a duration. Default '5s', as kafkajs' own auto-commit. */
  readonly every?: Duration | undefined;
  /** And after this many released records. Default: no limit. */
  readonly count?: number | undefined;
}

/**
 * Acks each record that arrives and commits what is safe; put it last.
 *
 * A commit never passes a record that is not released, nor one that an open window still holds (L1). It is one request for all partitions at a time. When the
 * source completes, so does this, but only after the last commit is done; a commit that fails for good is an error then.
 *
 * @throws StreamError `INVALID_OPTION` for a bad duration or count; in the error channel for a source without `groupId` or a second `commitOffsets`;
 *   `ACKED_TWICE`, `COMMIT_FAILED` in the error channel
 * @since 0.1.0
 * @example
 * ```ts
 * import { commitOffsets, fromTopic, print, text } from 'millrace';
 * import { FakeKafka } from 'millrace/testing';
 *
 * const kafka = new FakeKafka();
 * kafka.append('lines', [{ value: 'to be' }]);
 * fromTopic(kafka, 'lines', { groupId: 'g', value: text, until: 'latest' })
 *   .pipe(print(), commitOffsets({ every: '1s' }))
 *   .subscribe();
 * ```
 */
export function commitOffsets<R extends StreamRecord>({
  every = '5s',
  count = Infinity,
}: CommitOffsetsOptions = {}): MonoTypeOperatorFunction<R> {
  const cadence = { every: toMillis(every, 'every of commitOffsets', 1), count };
  if (!(count >= 1)) throw new StreamError('INVALID_OPTION', `count of commitOffsets is ${count}: it must be 1 or more`);
  return operate((destination) => {
    const runs: RunHandle[] = [];
    return {
      participant: { name: 'commitOffsets', cadence, attach: (run) => void runs.push(run) },
      next: (record: R) => {
        shareOf(record, 'commitOffsets').release();
        destination.next(record);
      },
      complete: () => {
        let unfinished = runs.length;
        const done = () => {
          if (--unfinished <= 0) destination.complete();
        };
        if (unfinished === 0) done();
        for (const run of runs) run.whenFinished(done, (error) => destination.error(error));
      },
    };
  });
}
