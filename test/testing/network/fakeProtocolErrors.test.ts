import { expect, test } from 'vitest';
import { protocolErrors } from '../../../src/testing/network/fakeProtocolErrors';
import { kafkajsSource } from '../kafkajsSource';

const { errorCodes } = kafkajsSource('protocol/error') as {
  readonly errorCodes: readonly { readonly type: string; readonly code: number; readonly retriable: boolean; readonly message: string }[];
};

test.for(Object.entries(protocolErrors))('%s is what it is in kafkajs', ([type, [code, retriable, message]]) => {
  expect(errorCodes.find((error) => error.type === type)).toMatchObject({ code, retriable, message });
});
