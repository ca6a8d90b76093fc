import { Holds } from '../../src/run/holds';
import type { DueWindow, TableOptions, WindowTable } from '../../src/run/tables/windowTable';
import { type Folded, oracleOf, type WindowPlan } from './windowKinds';
import { windowsOf } from '../oracle/windows';

const wordOf = (timestamp: number, record: unknown): Folded => ({ id: String(record), key: '', timestamp });

/** Records that would be sessions that are out, were they alone, are not folded. */
export function suppressingAtFolding(table: WindowTable, { isOut, grace }: TableOptions, window: WindowPlan): WindowTable {
  const add = table.add.bind(table);
  table.add = (origin, timestamp, key, record, changed) => {
    const end = windowsOf(oracleOf(window), wordOf(timestamp, record)).at(-1)?.end ?? timestamp;
    return timestamp >= origin.stamp - grace && isOut(end) ? undefined : add(origin, timestamp, key, record, changed);
  };
  return table;
}

interface Held {
  readonly slot: number;
  readonly offset: number;
  readonly stamp: number;
  readonly timestamp: number;
  /** The end of the last window that holds it. */
  readonly until: number;
}

/** Records are held until the last window but one that needs them is out. */
export function lettingGoEarly(table: WindowTable, { slots }: TableOptions, window: WindowPlan): WindowTable {
  let held: Held[] = [];
  const all = (): Holds => holdsOf(held, slots);
  const add = table.add.bind(table);
  const takeFirst = table.takeFirst.bind(table);
  table.add = (origin, timestamp, key, record, changed) => {
    const miss = add(origin, timestamp, key, record, changed);
    const lastEnd = windowsOf(oracleOf(window), wordOf(timestamp, record)).at(-1)?.end ?? timestamp;
    // Sliding windows need a record also for the first window that is without it.
    const until = window.kind === 'sliding' ? lastEnd : lastEnd - window.every;
    if (origin.kind === 'record' && miss?.how !== 'late') held.push({ ...origin, timestamp, until });
    return miss;
  };
  table.takeFirst = (through): DueWindow | undefined => {
    const due = takeFirst(through);
    const holds = holdsOf(held.filter(({ timestamp, until }) => due && timestamp < due.end && until >= due.end), slots); // prettier-ignore
    held = held.filter(({ until }) => until > (due?.end ?? through));
    for (const [source, count] of due?.holds.sources ?? []) holds.sources.set(source, count);
    return due && { ...due, holds };
  };
  table.holdOf = (slot) => all().offsetOf(slot);
  table.stampOf = (slot) => all().stampOf(slot);
  return table;
}

function holdsOf(held: readonly Held[], slots: number): Holds {
  const holds = new Holds(slots);
  for (const { slot, offset, stamp } of held) holds.hold(slot, offset, stamp);
  return holds;
}
