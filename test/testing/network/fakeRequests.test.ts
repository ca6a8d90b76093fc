import { expect, test } from 'vitest';
import { requestDescriptions } from '../../../src/testing/network/fakeRequests';
import { kafkajsSource } from '../kafkajsSource';

const apiKeys = kafkajsSource('protocol/requests/apiKeys') as Readonly<Record<string, number>>;

test.for(Object.entries(requestDescriptions))('%s has the name and the key that it has in kafkajs', ([, description]) => {
  const [, name = '', key] = /^(\w+)\(key: (\d+), version: \d+\)$/.exec(description) ?? [];
  expect(apiKeys[name]).toBe(Number(key));
});
