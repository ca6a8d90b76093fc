export type { FakeRequest, Fault, FaultOutcome } from './fakeFaults';
export { FakeKafka } from './fakeKafka';
export type { AppendedRecord, FakeKafkaOptions, FakeTopicOptions, StoredRecord } from './fakeKafkaOptions';
export type {
  FakeBatchPayload,
  FakeClientEvents,
  FakeConfigEntry,
  FakeConsumerConfig,
  FakeConsumerEvents,
  FakeGroupDescription,
  FakeKafkaAdmin,
  FakeKafkaClient,
  FakeKafkaConsumer,
  FakeKafkaFullAdmin,
  FakeKafkaProcess,
  FakeKafkaProducer,
  FakeLogger,
  FakeMessagePayload,
  FakeProducerConfig,
  FakeRunConfig,
} from './fakeClients';
export type { FakeClientPayloads, FakeEvent, FakePayloads } from './fakePayloads';
export type { FakeTopicConfig } from './fakeSettings';
export { type UntilOptions, VirtualClock, type VirtualClockOptions } from './virtualClock';
export type { RecordMarbles, RecordsObservable, RecordsOptions } from './recordsOf';
export { type Marbles, marbles } from './marbles';
export { record, type RecordInit } from './record';
export { type PipelineResult, runPipeline, type RunPipelineContext, type RunPipelineOptions, type TopicContents } from './runPipeline';
export { arbitraries, type Arbitraries, type RecordsConstraints, type ScheduledStep } from './arbitraries';
export type { AnyArbitrary, FastCheckArbitrary, FastCheckModule } from './fastCheck';
export { roundTrip } from './roundTrip';
