export { type AppendedRecord, FakeKafka, type FakeKafkaOptions, type StoredRecord } from './fakeKafka';
export { type UntilOptions, VirtualClock, type VirtualClockOptions } from './virtualClock';
export { record, type RecordInit } from './record';
