export { FakeKafka } from './fakeKafka';
export type { AppendedRecord, FakeKafkaOptions, FakeTopicOptions, StoredRecord } from './fakeKafkaOptions';
export type { FakeRequest, Fault, FaultOutcome } from './network/fakeFaults';
export type { FakeGroupDescription } from './broker/fakeProtocol';
export type { FakeTopicConfig } from './broker/fakeSettings';
export type {
  FakeBatchPayload,
  FakeClientEvents,
  FakeConfigEntry,
  FakeConsumerConfig,
  FakeConsumerEvents,
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
} from './client/fakeClients';
export type { FakeClientPayloads, FakeEvent, FakePayloads } from './client/fakePayloads';
export { type UntilOptions, VirtualClock, type VirtualClockOptions } from './clock/virtualClock';
export { record, type RecordInit } from './record';
export { type ExpectedRecord, type Marbles, marbles } from './marbles/marbles';
export type { RecordMarbles, RecordsObservable, RecordsOptions } from './marbles/recordsOf';
export { type PipelineResult, runPipeline, type RunPipelineContext, type RunPipelineOptions, type TopicContents } from './runPipeline';
export { arbitraries, type Arbitraries, type RecordsConstraints, type ScheduledStep } from './arbitraries';
export type { AnyArbitrary, FastCheckArbitrary, FastCheckModule } from './fastCheck';
export { roundTrip } from './roundTrip';
