export { type Aggregate, aggregate } from './aggregates/aggregate';
export { countOf } from './aggregates/countOf';
export { distinctOf } from './aggregates/distinctOf';
export { firstOf } from './aggregates/firstOf';
export { lastOf } from './aggregates/lastOf';
export { maxOf } from './aggregates/maxOf';
export { meanOf } from './aggregates/meanOf';
export { minOf } from './aggregates/minOf';
export { sumOf } from './aggregates/sumOf';
export { topK } from './aggregates/topK';
export { bytes } from './codecs/bytes';
export type { Codec, Decoder, Encoded, Encoder } from './codecs/codec';
export { float32 } from './codecs/float32';
export { float64 } from './codecs/float64';
export { int16 } from './codecs/int16';
export { int32 } from './codecs/int32';
export { int64 } from './codecs/int64';
export { json } from './codecs/json';
export { nullable } from './codecs/nullable';
export { text } from './codecs/text';
export { isStreamError, StreamError, type StreamErrorCode, type StreamErrorDetails } from './errors';
export type {
  ClientOptions,
  KafkaAdmin,
  KafkaAssigner,
  KafkaAssignerFactory,
  KafkaBatchPayload,
  KafkaClient,
  KafkaConsumer,
  KafkaConsumerConfig,
  KafkaEvent,
  KafkaMessage,
  KafkaProducer,
  KafkaProducerConfig,
  KafkaSender,
  KafkaTransaction,
} from './kafka/client';
export { ack } from './operators/ack';
export { aggregateByKey } from './operators/aggregateByKey';
export { assignTimestamps } from './operators/assignTimestamps';
export { collectByWindow, type CollectByWindowOptions } from './operators/collectByWindow';
export { commitOffsets, type CommitOffsetsOptions } from './operators/commitOffsets';
export { countByKey } from './operators/countByKey';
export { countByWindow, type CountByWindowOptions } from './operators/countByWindow';
export { countByValue } from './operators/countByValue';
export { filterRecords } from './operators/filterRecords';
export { flatMapValues } from './operators/flatMapValues';
export { keyBy } from './operators/keyBy';
export { mapValues } from './operators/mapValues';
export { reduceByKey, type ReduceByKeyOptions } from './operators/reduceByKey';
export { reduceByWindow } from './operators/reduceByWindow';
export type { SideOutput } from './operators/sideOutput';
export { summarizeByKey } from './operators/summarizeByKey';
export { tapRecords } from './operators/tapRecords';
export type { Emitted, KeyedRecord } from './operators/windowed';
export type { ByKeyOptions, ByWindowOptions, Emit, WindowOptions } from './operators/windowOptions';
export type {
  Bytes,
  InvalidRecord,
  KafkaRecord,
  Key,
  Lateness,
  LateRecord,
  Place,
  Provenance,
  RecordHeaders,
  StreamRecord,
  TimeWindow,
  WindowedRecord,
  WithKey,
  WithValue,
} from './records';
export { print, type PrintOptions } from './sinks/print';
export {
  type CodecOption,
  type ProduceOptions,
  type ProducerOptions,
  toTopic,
  type ToTopicOnlyOptions,
  type ToTopicOptions,
} from './sinks/toTopic';
export { type ConsumerOptions, type From, fromTopic, type FromTopicOptions, type Until } from './sources/fromTopic';
export { calendar, type CalendarOptions, type CalendarWindow } from './time/calendar';
export type { Duration } from './time/duration';
export { global, type GlobalWindow } from './time/global';
export { hopping, type HoppingOptions, type HoppingWindow } from './time/hopping';
export { session, type SessionOptions, type SessionWindow } from './time/session';
export { sliding, type SlidingWindow } from './time/sliding';
export { tumbling, type TumblingOptions, type TumblingWindow } from './time/tumbling';
export type { CustomWindow, WindowShape } from './time/windowShape';
