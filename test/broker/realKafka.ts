import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { describe } from 'vitest';

const bootstrap = process.env['MILLRACE_KAFKA_BROKERS'];

/** The real Kafka of this test run, `host:port` each; undefined if there is none. */
export const kafkaBrokers: string[] | undefined = bootstrap?.split(',');

/** A new kafkajs client of the real Kafka, that logs nothing. Brokers default to those of this test run. */
export function brokerKafka(clientId: string, brokers: string[] | undefined = kafkaBrokers): Kafka {
  if (!brokers)
    throw new Error('there is no real Kafka in this test run: put the test into describeWithKafka, and its file under test/broker');
  return new Kafka({ clientId, brokers, logLevel: logLevel.NOTHING });
}

/** A `describe` that is skipped when there is no real Kafka; the run then says so in a box. */
export function describeWithKafka(name: string, tests: () => void): void {
  describe.skipIf(kafkaBrokers === undefined)(name, tests);
}

/** A name for a topic or group that no other test, and no earlier run against the same Kafka, has used. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}
