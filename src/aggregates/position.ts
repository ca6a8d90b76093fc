/** Where a folded value stands among the others: by its time, then by its place. */
export interface Position {
  /** Event time, ms. */
  readonly timestamp: number;
  /** The number of its source partition among those of the task; 0 for the result of a window. */
  readonly slot: number;
  /** Its offset there; for the result of a window its rank among the results, which come in a fixed order. */
  readonly offset: number;
}

/** Less than 0 if `a` stands before `b`; 0 only for values of one record, which are folded in their order. */
export function byPosition(a: Position, b: Position): number {
  return a.timestamp - b.timestamp || a.slot - b.slot || a.offset - b.offset;
}
