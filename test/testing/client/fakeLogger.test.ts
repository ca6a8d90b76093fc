import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/testing/client/fakeLogger';

test('the logger takes everything, and its namespaces are silent too', () => {
  const logger = silentLogger.namespace('Consumer', 4);
  for (const level of ['info', 'error', 'warn', 'debug'] as const) logger[level]('something', { with: 'details' });
  logger.setLogLevel(0);
  expect(logger).toBe(silentLogger);
});
