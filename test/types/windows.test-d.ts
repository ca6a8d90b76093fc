// Windows are values of one type, and what is computed from a record knows the record.
import type { KafkaRecord, StreamRecord, TimeWindow } from '../../src/records';
import { calendar } from '../../src/time/calendar';
import { counting } from '../../src/time/counting';
import { global } from '../../src/time/global';
import { hopping } from '../../src/time/hopping';
import { session, type SessionWindow } from '../../src/time/session';
import { sliding } from '../../src/time/sliding';
import { tumbling } from '../../src/time/tumbling';
import type { CustomWindow, WindowShape } from '../../src/time/windowShape';
import { windowsOf } from '../../src/time/windowsOf';

interface Order {
  readonly region: 'eu' | 'us';
  readonly amount: number;
}
type OrderRecord = KafkaRecord<string, Order>;

const shifts: CustomWindow = { kind: 'custom', name: 'shifts', assign: (timestamp) => [{ start: timestamp, end: timestamp + 1 }] };
const shapes: readonly WindowShape[] = [
  tumbling('10s', { offset: '3s' }),
  hopping(60_000, { every: '10s' }),
  sliding('1m'),
  session({ gap: '30s' }),
  global(),
  counting(10),
  calendar('day', { timeZone: 'Europe/Berlin' }),
  shifts,
];
shapes satisfies readonly WindowShape<OrderRecord>[];

declare function windowedBy<R extends StreamRecord>(records: R, options: { readonly window: WindowShape<R> }): void;
declare const order: OrderRecord;

windowedBy(order, { window: session({ gap: ({ region }, { key }) => (region === 'eu' && key !== '' ? '10m' : 60_000) }) });
windowedBy(order, {
  window: { kind: 'custom', name: 'vip only', assign: (t, { value }) => (value.amount > 100 ? [{ start: t, end: t + 1 }] : []) },
});
windowsOf(shifts)(0, order) satisfies readonly TimeWindow[];
session({ gap: (_value, { timestamp }: StreamRecord) => timestamp }) satisfies SessionWindow<OrderRecord>;

// @ts-expect-error orders have no total
windowedBy(order, { window: session({ gap: ({ total }) => total }) });
// @ts-expect-error sessions follow from several records
windowsOf(session({ gap: 1 }));
// @ts-expect-error hopping needs to know how often
hopping('1m');
// @ts-expect-error the gap is an option
session('30s');
// @ts-expect-error years are not cut out
calendar('year');
// @ts-expect-error text needs a unit
sliding('5');
