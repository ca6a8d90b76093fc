/** Counts words with a copy of the package, on a Kafka in memory; gives what is in the output topic. */
module.exports = async function wordCount(millrace, testing) {
  const { commitOffsets, flatMapValues, fromTopic, int32, keyBy, mapValues, reduceByKey, text, toTopic, tumbling } = millrace;
  const kafka = new testing.FakeKafka();
  kafka.createTopic('lines', { partitions: 2 });
  kafka.createTopic('counts');
  kafka.append('lines', [
    { partition: 0, timestamp: 1_000, value: 'the mill and the race' },
    { partition: 1, timestamp: 2_000, value: 'the wheel' },
    { partition: 0, timestamp: 12_000, value: 'the end' },
  ]);
  await fromTopic(kafka, 'lines', { groupId: 'word-count', value: text, until: 'latest' })
    .pipe(
      flatMapValues((line) => line.split(' ')),
      keyBy((word) => word),
      mapValues(() => 1),
      reduceByKey((a, b) => a + b, { window: tumbling('10s') }),
      toTopic(kafka, 'counts', { key: text, value: int32 }),
      commitOffsets(),
    )
    .forEach(() => undefined);
  const decode = ({ key, value, timestamp }) => `${text.decode(key)}=${int32.decode(value)} at ${timestamp}`;
  return kafka.records('counts').map(decode).sort();
};
