import type { KafkaRecord, LateRecord, WindowedRecord } from '../../src/index';
import { countByKey, fromTopic, json, text, toTopic, tumbling } from '../../src/index';
import { FakeKafka } from '../../src/testing/index';
import type { Observable } from 'rxjs';

const kafka = new FakeKafka();
const orders$ = fromTopic(kafka, 'orders', { key: text, value: json((value) => value as number) });
const window = tumbling('1m');

// Without `late`, or with a side output, there is nothing but results
orders$.pipe(countByKey({ window })) satisfies Observable<WindowedRecord<string, number>>;
orders$.pipe(
  countByKey({ window, late: (late$) => late$.pipe(toTopic(kafka, 'late', { key: text, value: json<number>() })) }),
) satisfies Observable<WindowedRecord<string, number>>;

// Down the pipe, results and late records are told apart by what they have
orders$.pipe(countByKey({ window, late: 'emit' })) satisfies Observable<
  WindowedRecord<string, number> | LateRecord<KafkaRecord<string, number>>
>;
// @ts-expect-error a late record has no window of its own
orders$.pipe(countByKey({ window, late: 'emit' })) satisfies Observable<WindowedRecord<string, number>>;
