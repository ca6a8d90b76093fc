export { isStreamError, StreamError, type StreamErrorCode, type StreamErrorDetails } from './errors';
export type {
  Bytes,
  InvalidRecord,
  KafkaRecord,
  Key,
  Place,
  Provenance,
  RecordHeaders,
  StreamRecord,
  TimeWindow,
  WindowedRecord,
  WithKey,
  WithValue,
} from './records';
export type { Duration } from './time/duration';
