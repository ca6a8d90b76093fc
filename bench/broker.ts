import { startKafka } from '../test/broker/kafka/startKafka';

/** A Kafka to work with. */
export interface Broker {
  readonly bootstrap: string;
  stop(): Promise<void>;
}

/** The Kafka at `KAFKA_BROKERS`, or else one that is started for the purpose. */
export async function openBroker(): Promise<Broker> {
  const bootstrap = process.env['KAFKA_BROKERS'];
  if (bootstrap !== undefined && bootstrap !== '') return { bootstrap, stop: () => Promise.resolve() };
  return startKafka({ heapMegabytes: 1_024 });
}
