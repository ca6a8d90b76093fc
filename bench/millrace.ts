import { Kafka, logLevel } from 'kafkajs';
import { commitOffsets, flatMapValues, fromTopic, json, keyBy, mapValues, reduceByKey, text, toTopic, tumbling } from 'millrace';
import { type Task, compete } from './contestant';
import { countRecords } from './loadLines';
import { split } from './workload';

void compete(async ({ bootstrap, lines, counts, group }: Task) => {
  const kafka = new Kafka({ clientId: 'millrace', brokers: bootstrap.split(','), logLevel: logLevel.WARN });
  let results = 0;
  await new Promise<void>((resolve, reject) => {
    fromTopic(kafka, lines, { groupId: group, value: text, until: 'latest' })
      .pipe(
        flatMapValues(split),
        keyBy((word) => word),
        mapValues(() => 1),
        reduceByKey((a, b) => a + b, { window: tumbling('10s'), grace: '2s' }),
        toTopic(kafka, counts, { key: text, value: json() }),
        commitOffsets({ every: '5s' }),
      )
      .subscribe({ next: () => results++, error: reject, complete: resolve });
  });
  return { lines: await countRecords(kafka, lines), results };
});
