import type { WindowShape } from '../../src/time/windowShape';
import { lastEndOf, tableFor } from '../../src/run/tables/tableFor';
import type { TableOptions, WindowTable } from '../../src/run/tables/windowTable';
import { hopping } from '../../src/time/hopping';
import { sliding } from '../../src/time/sliding';
import { tumbling } from '../../src/time/tumbling';
import type { OracleRecord, OracleWindow, Span } from '../oracle/windows';

export const windowKinds = [
  'tumbling',
  'hopping',
  'calendar',
  'custom',
  'session',
  'session by record',
  'sliding',
  'custom with merge',
] as const;
export type WindowKind = (typeof windowKinds)[number];

/** Those that a result may go into: where it ends up follows from its timestamp. */
export const secondKinds = ['tumbling', 'hopping', 'calendar'] as const satisfies readonly WindowKind[];

/** The windows of one operator, and what it does with them. Times in ms. */
export interface WindowPlan {
  readonly kind: WindowKind;
  /** Of a session the gap, of sliding windows the span. */
  readonly size: number;
  /** Of hopping windows only. */
  readonly every: number;
  readonly offset: number;
  readonly grace: number;
  /** When results are given early: with each record, or so often. */
  readonly updates: 'each' | number | undefined;
  readonly keepsLate: boolean;
}

/** What windows may be computed from, of a record or of a result. */
export interface Folded extends OracleRecord {
  readonly id: string;
}

/** Whether windows that overlap become one, so that something is in one of them only. */
export function isMerging({ kind }: WindowPlan): boolean {
  return kind === 'session' || kind === 'session by record' || kind === 'custom with merge';
}

/** Whether what is in a window may come in order of time and not of arrival. */
export function ordersByTime({ kind, updates }: WindowPlan): boolean {
  return kind !== 'tumbling' && kind !== 'calendar' && kind !== 'custom' && !(kind === 'hopping' && updates !== undefined);
}

/** The windows as the batch computation has them. */
export function oracleOf(plan: WindowPlan): OracleWindow<Folded> {
  const { kind, size, every, offset } = plan;
  switch (kind) {
    case 'tumbling':
      return { kind, size, offset };
    case 'hopping':
      return { kind, size, every, offset };
    case 'sliding':
      return { kind, span: size };
    case 'session':
      return { kind, gap: size };
    case 'session by record':
      return { kind: 'session', gap: ({ id }) => gapAfter(id) };
    case 'calendar':
    case 'custom':
    case 'custom with merge':
      return { kind: 'custom', merge: kind === 'custom with merge', assign: (timestamp, { id }) => assigned(plan, timestamp, id) };
  }
}

/** The windows as operators are given them; their records are ids. */
export function shapeOf(plan: WindowPlan): WindowShape<string> {
  const { kind, size, every, offset } = plan;
  switch (kind) {
    case 'tumbling':
      return tumbling(size, { offset });
    case 'hopping':
      return hopping(size, { every, offset });
    case 'sliding':
      return sliding(size);
    case 'session':
      return { kind, gapOf: () => size, gap: size };
    case 'session by record':
      return { kind: 'session', gapOf: gapAfter };
    case 'calendar':
    case 'custom':
    case 'custom with merge': {
      const merge = kind === 'custom with merge';
      return { kind: 'custom', name: kind, assign: (timestamp, id) => assigned(plan, timestamp, id), merge };
    }
  }
}

export function tableOf(plan: WindowPlan, options: TableOptions): WindowTable {
  return tableFor(shapeOf(plan), options, { early: plan.updates !== undefined });
}

/** Where results end up that come into these windows: for the calendar of these tests too, as for that of the operators. */
export function lastEndIn(plan: WindowPlan): ((timestamp: number) => number) | undefined {
  if (plan.kind !== 'calendar') return lastEndOf(shapeOf(plan));
  return (timestamp) => calendarDay(timestamp, plan.offset).end;
}

function assigned(plan: WindowPlan, timestamp: number, id: string): Span[] {
  if (plan.kind === 'calendar') return [calendarDay(timestamp, plan.offset)];
  return plan.kind === 'custom' ? oddWindows(timestamp) : mergingWindows(timestamp, id);
}

const month = 170;
const edges = [0, 30, 100, month];

/** One after the other, of different lengths. */
function calendarDay(timestamp: number, offset: number): Span {
  const start = Math.floor((timestamp - offset) / month) * month + offset;
  const next = edges.findIndex((edge) => start + edge > timestamp);
  return { start: start + (edges[next - 1] ?? 0), end: start + (edges[next] ?? month) };
}

/** None, one, or two of different lengths. */
function oddWindows(timestamp: number): Span[] {
  const start = Math.floor(timestamp / 100) * 100;
  const rest = timestamp - start;
  if (rest === 30) return [];
  const wide = { start, end: start + 100 };
  return rest < 60 ? [wide] : [{ start: timestamp - 10, end: timestamp + 20 }, wide];
}

/** None, one, or two that overlap since both cover the timestamp, of which one may be late. */
function mergingWindows(timestamp: number, id: string): Span[] {
  const mark = markOf(id);
  if (mark === 5) return [];
  const window = { start: timestamp - 10 * (mark % 3), end: timestamp + 10 * (mark + 1) };
  return mark === 8 ? [window, { start: timestamp - 60, end: timestamp + 10 }] : [window];
}

const gapAfter = (id: string): number => 10 * (markOf(id) + 2);

/** From 0 to 8, by the record. */
function markOf(id: string): number {
  let mark = 7;
  for (const letter of id) mark = (mark * 31 + letter.charCodeAt(0)) % 1_009;
  return mark % 9;
}
