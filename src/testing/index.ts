export { type AppendedRecord, FakeKafka, type FakeKafkaOptions, type StoredRecord } from './fakeKafka';
