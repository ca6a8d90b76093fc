import { Kafka } from 'kafkajs';
import type { KafkaClient } from '../../src/kafka/client';

// The port is the subset of kafkajs that we need: what users have must fit without a cast.
new Kafka({ brokers: ['localhost:9092'] }) satisfies KafkaClient;
