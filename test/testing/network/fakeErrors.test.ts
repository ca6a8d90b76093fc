import { expect, test } from 'vitest';
import { protocolError } from '../../../src/testing/network/fakeErrors';
import { protocolErrors, type ProtocolErrorType } from '../../../src/testing/network/fakeProtocolErrors';
import { kafkajsSource } from '../kafkajsSource';

const { createErrorFromCode } = kafkajsSource('protocol/error') as { createErrorFromCode(code: number): Error & Record<string, unknown> };

test.for(Object.keys(protocolErrors) as ProtocolErrorType[])('%s has the fields that it has in kafkajs', (type) => {
  const ours = protocolError(type);
  const { name, message, code, retriable, type: itsType } = createErrorFromCode(Number(ours.code));
  expect({ name: ours.name, message: ours.message, code: ours.code, retriable: ours.retriable, type: ours.type }).toEqual({
    name,
    message,
    code,
    retriable,
    type: itsType,
  });
  expect(itsType).toBe(type);
});
