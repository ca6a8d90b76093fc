import { describe, expect } from 'vitest';
import { behaviourOf } from './behaviour';
import { brokers } from './brokers';

describe.each(brokers)('clients of $name', (broker) => {
  const behaviour = behaviourOf(broker);

  for (const kind of ['producer', 'admin'] as const) {
    behaviour(`the ${kind} tells when it has connected and disconnected, by names that it has`, async () => {
      const client = kind === 'producer' ? broker.kafka().producer() : broker.kafka().admin();
      const told: unknown[] = [];
      const { events } = client;
      expect(events).toEqual({
        CONNECT: `${kind}.connect`,
        DISCONNECT: `${kind}.disconnect`,
        REQUEST: `${kind}.network.request`,
        REQUEST_TIMEOUT: `${kind}.network.request_timeout`,
        REQUEST_QUEUE_SIZE: `${kind}.network.request_queue_size`,
      });
      const forget = client.on(events.CONNECT, ({ type, payload }) => void told.push([type, payload ?? null]));
      client.on(events.DISCONNECT, ({ type }) => void told.push(type));
      expect(() => client.on('connect', () => undefined)).toThrow(
        `Event name should be one of ${kind}.events.CONNECT, ${kind}.events.DISCONNECT`,
      );
      await client.connect();
      forget();
      await client.disconnect();
      await client.connect();
      await client.disconnect();
      expect(told).toEqual([[`${kind}.connect`, null], `${kind}.disconnect`, `${kind}.disconnect`]);
    });
  }

  behaviour('a producer says whether it is idempotent', () => {
    const kafka = broker.kafka();
    expect([kafka.producer().isIdempotent(), kafka.producer({ idempotent: true }).isIdempotent()]).toEqual([false, true]);
    return Promise.resolve();
  });

  behaviour('the cluster is described by its brokers', async (trial) => {
    const { brokers: nodes, controller, clusterId } = await (await trial.admin()).describeCluster();
    expect(nodes.length).toBeGreaterThan(0);
    for (const { nodeId, host, port } of nodes) expect([typeof nodeId, typeof host, typeof port]).toEqual(['number', 'string', 'number']);
    expect(nodes.map(({ nodeId }) => nodeId)).toContain(controller);
    expect(clusterId).not.toBe('');
  });
});
