import { expect, test } from 'vitest';
import { protocolError, type ProtocolErrorType } from '../../src/testing/fakeErrors';
import { kafkajsSource } from './kafkajsSource';

const { createErrorFromCode } = kafkajsSource('protocol/error') as { createErrorFromCode(code: number): Error & Record<string, unknown> };

const types: Record<ProtocolErrorType, true> = {
  OFFSET_OUT_OF_RANGE: true,
  UNKNOWN_TOPIC_OR_PARTITION: true,
  MESSAGE_TOO_LARGE: true,
  OFFSET_METADATA_TOO_LARGE: true,
  INVALID_TOPIC_EXCEPTION: true,
  ILLEGAL_GENERATION: true,
  INCONSISTENT_GROUP_PROTOCOL: true,
  UNKNOWN_MEMBER_ID: true,
  REBALANCE_IN_PROGRESS: true,
  TOPIC_ALREADY_EXISTS: true,
  INVALID_PARTITIONS: true,
  INVALID_REPLICATION_FACTOR: true,
  INVALID_CONFIG: true,
  INVALID_RECORD: true,
};

test.for(Object.keys(types) as ProtocolErrorType[])('%s has the fields that it has in kafkajs', (type) => {
  const ours = protocolError(type);
  const { name, message, code, retriable, type: itsType } = createErrorFromCode(ours.code ?? 0);
  expect({ name: ours.name, message: ours.message, code: ours.code, retriable: ours.retriable, type: ours.type }).toEqual({
    name,
    message,
    code,
    retriable,
    type: itsType,
  });
  expect(itsType).toBe(type);
});
