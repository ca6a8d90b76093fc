import { FakeKafka, type FakeKafkaOptions } from 'millrace/testing';
import { Clock } from '../run/clock';

/** A Kafka with the topic 't', on a clock that the test moves. */
export function withTopic(partitions = 2, options: FakeKafkaOptions = {}): { clock: Clock; kafka: FakeKafka } {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, ...options });
  kafka.createTopic('t', { partitions });
  return { clock, kafka };
}
