import { type Aggregate, aggregateOf } from './aggregate';
import type { Position } from './position';

interface Edge<T> {
  readonly value: T;
  readonly position: Position;
}

/** What stands at one edge of time: `isNearer` says whether a later folded value takes the place of one that is there. */
export function edgeOf<V, T>(of: (value: V) => T, isNearer: (position: Position, than: Position) => boolean): Aggregate<V, T> {
  return aggregateOf<V, Edge<T> | undefined, T>(
    () => undefined,
    (edge, value, position) => (edge && !isNearer(position, edge.position) ? edge : { value: of(value), position }),
    (a, b) => (a && b ? (isNearer(b.position, a.position) ? b : a) : (a ?? b)),
    (edge) => (edge as Edge<T>).value, // a window without values gives no result
  );
}
