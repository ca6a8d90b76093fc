import { type Observable, Subject } from 'rxjs';
import { Share } from '../run/share';

/** Where unwanted records go: build a small pipeline, usually ending in `toTopic`; each record is released when it comes out. */
export type SideOutput<R> = (records$: Observable<R>) => Observable<unknown>;

/** A side output that is running. */
export interface OpenSideOutput<R> {
  readonly next: (record: R) => void;
  /** Nothing more comes; what is under way may still come out. */
  readonly complete: () => void;
  readonly close: () => void;
}

/** Subscribes to a side output. It outlives the main pipeline's completion, since what is under way there is waited for by the last commit. */
export function openSideOutput<R>(build: SideOutput<R>, failed: (error: unknown) => void): OpenSideOutput<R> {
  const records$ = new Subject<R>();
  const subscription = build(records$).subscribe({ next: releaseOnce, error: failed });
  return {
    next: (record) => records$.next(record),
    complete: () => records$.complete(),
    close: () => subscription.unsubscribe(),
  };
}

/** What comes out is released, unless the user's pipeline has acked it. */
function releaseOnce(element: unknown): void {
  const provenance = (element as { '~provenance'?: unknown } | null)?.['~provenance'];
  if (provenance instanceof Share && !provenance.released) provenance.release();
}
