import { createInterface } from 'node:readline';
import { Kafka, logLevel } from 'kafkajs';

// A process with one consumer, to be frozen: it says when it has read a record, and commits that when it is told to.
const [brokers = '', groupId = '', topic = '', sessionTimeout = ''] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'zombie', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId, sessionTimeout: Number(sessionTimeout), heartbeatInterval: 200, maxWaitTimeInMs: 100 });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ commitOffsetsIfNecessary }) => {
    const told = new Promise<void>((resolve) => createInterface(process.stdin).once('line', () => resolve()));
    say('has read');
    await told;
    const commit = { topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] };
    const outcome = await commitOffsetsIfNecessary(commit).then(
      () => 'is stored',
      (error: unknown) => (error as { type?: string }).type ?? String(error),
    );
    say(outcome);
  },
});
