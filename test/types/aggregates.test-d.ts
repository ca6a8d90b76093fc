// Aggregates infer what they take from where they stand, and what they give from their callback.
import { aggregate, type Aggregate } from '../../src/aggregates/aggregate';
import { countOf } from '../../src/aggregates/countOf';
import { distinctOf } from '../../src/aggregates/distinctOf';
import { firstOf } from '../../src/aggregates/firstOf';
import { lastOf } from '../../src/aggregates/lastOf';
import { maxOf } from '../../src/aggregates/maxOf';
import { meanOf } from '../../src/aggregates/meanOf';
import { minOf } from '../../src/aggregates/minOf';
import { sumOf } from '../../src/aggregates/sumOf';
import { summaryOf } from '../../src/aggregates/summaryOf';
import { topK } from '../../src/aggregates/topK';
import type { Observable, OperatorFunction } from 'rxjs';
import { expectTypeOf } from 'vitest';
import type { KafkaRecord, StreamRecord, WindowedRecord } from '../../src/records';

interface Order {
  readonly id: string;
  readonly region: 'eu' | 'us';
  readonly amount: number;
  readonly at: string;
}

/** As the operator will be declared. */
declare function summarizeByKey<R extends StreamRecord, A extends object>(aggregates: {
  readonly [N in keyof A]: Aggregate<R['value'], A[N]>;
}): OperatorFunction<R, WindowedRecord<R['key'], A>>;
declare const orders$: Observable<KafkaRecord<string, Order>>;

const stats$ = orders$.pipe(
  summarizeByKey({
    orders: countOf(),
    total: sumOf((order) => order.amount),
    mean: meanOf((order) => order.amount),
    smallest: minOf((order) => order.amount),
    latest: maxOf((order) => order.at),
    first: firstOf((order) => order),
    lastId: lastOf((order) => order.id),
    top: topK(3, (order) => order.amount),
    regions: distinctOf((order) => order.region),
    spread: aggregate(
      () => ({ lo: Infinity, hi: -Infinity }),
      (s, order) => ({ lo: Math.min(s.lo, order.amount), hi: Math.max(s.hi, order.amount) }),
      (a, b) => ({ lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) }),
      (s) => s.hi - s.lo,
    ),
  }),
);
expectTypeOf(stats$).toEqualTypeOf<
  Observable<
    WindowedRecord<
      string,
      {
        orders: number;
        total: number;
        mean: number;
        smallest: number;
        latest: string;
        first: Order;
        lastId: string;
        top: readonly Order[];
        regions: readonly ('eu' | 'us')[];
        spread: number;
      }
    >
  >
>();

expectTypeOf(sumOf((order: Order) => order.amount)).toEqualTypeOf<Aggregate<Order, number>>();
expectTypeOf(minOf((order: Order) => order.id)).toEqualTypeOf<Aggregate<Order, string>>();
expectTypeOf(
  summaryOf<Order, { count: number; ids: readonly string[] }>({ count: countOf(), ids: distinctOf((order: Order) => order.id) }),
).toEqualTypeOf<Aggregate<Order, { count: number; ids: readonly string[] }>>();
// One that takes more takes less too.
countOf() satisfies Aggregate<Order, number>;
sumOf((order: { readonly amount: number }) => order.amount) satisfies Aggregate<Order, number>;

// @ts-expect-error text has no sum
sumOf((order: Order) => order.id);
// @ts-expect-error records have no order
minOf((order: Order) => order);
// @ts-expect-error orders have no total
orders$.pipe(summarizeByKey({ total: sumOf((order) => order.total) }));
// @ts-expect-error it takes more than orders have
sumOf((order: Order & { readonly total: number }) => order.total) satisfies Aggregate<Order, number>;
aggregate(
  () => 0,
  // @ts-expect-error the fold must give back the state
  (n, order: Order) => `${n}${order.id}`,
  (a, b) => a + b,
  (n) => n,
);
// @ts-expect-error null is no key
distinctOf((): null => null);
