import { type Aggregate, aggregateOf } from './aggregate';
import type { Position } from './position';

/** Several aggregates as one, which gives an object with the result of each under its name. */
export function summaryOf<V, A extends object>(aggregates: { readonly [N in keyof A]: Aggregate<V, A[N]> }): Aggregate<V, A> {
  const names = Object.keys(aggregates) as (keyof A)[];
  const parts = names.map((name) => aggregates[name]['~aggregate']);
  return aggregateOf<V, unknown[], A>(
    () => parts.map((part) => part.seed()),
    (states, value: V, position: Position) => {
      for (const [index, part] of parts.entries()) states[index] = part.fold(states[index], value, position);
      return states;
    },
    (a, b) => parts.map((part, index) => part.merge(a[index], b[index])),
    (states) => Object.fromEntries(parts.map((part, index) => [names[index], part.result(states[index])])) as A,
  );
}
