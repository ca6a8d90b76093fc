import type { FakeLogger } from './fakeClients';

/** Says nothing. */
export const silentLogger: FakeLogger = Object.freeze({
  info: () => undefined,
  error: () => undefined,
  warn: () => undefined,
  debug: () => undefined,
  namespace: () => silentLogger,
  setLogLevel: () => undefined,
});
