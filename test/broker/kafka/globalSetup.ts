import { banner } from './banner';
import { KafkaUnavailable } from './kafkaJars';
import { startKafka } from './startKafka';

/** Run by vitest before the first test that wants a broker; what it gives back is run after the last one. */
export default async function setup(): Promise<() => Promise<void>> {
  const own = process.env['KAFKA_BROKERS'];
  if (own !== undefined && own !== '') {
    process.env['MILLRACE_KAFKA_BROKERS'] = own;
    return () => Promise.resolve();
  }
  try {
    const kafka = await startKafka();
    process.env['MILLRACE_KAFKA_BROKERS'] = kafka.bootstrap;
    return () => kafka.stop();
  } catch (error) {
    if (!(error instanceof KafkaUnavailable) || process.env['REQUIRE_KAFKA'] === '1') throw error;
    const text = banner([
      'THE TESTS AGAINST A REAL KAFKA ARE SKIPPED',
      '',
      ...error.message.split('\n'),
      '',
      'Give the address of a Kafka in KAFKA_BROKERS=host:port, or install what is missing.',
    ]);
    console.warn(text);
    return () => {
      console.warn(text);
      return Promise.resolve();
    };
  }
}
