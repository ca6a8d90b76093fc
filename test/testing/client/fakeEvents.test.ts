import { expect, test } from 'vitest';
import { FakeConnection } from '../../../src/testing/network/fakeConnection';
import { clientEvents, FakeEvents } from '../../../src/testing/client/fakeEvents';
import { VirtualClock } from '../../../src/testing/clock/virtualClock';
import { kafkajsSource } from '../kafkajsSource';
import { Reader } from '../reader';
import { withTopic } from '../withTopic';

const { events: kafkajsEvents } = kafkajsSource('consumer/instrumentationEvents') as { events: Record<string, string> };

const eventsAt = (frame: number) => {
  const scheduler = new VirtualClock({ start: frame });
  const connection = new FakeConnection({ scheduler, latency: 0 });
  return { connection, events: new FakeEvents(connection) };
};

test('a listener that throws stops the consumer, one that rejects does not', async () => {
  const { clock, kafka } = withTopic();
  const careless = new Reader(kafka);
  const rejecting: () => unknown = () => Promise.reject(new Error('not heard'));
  careless.consumer.on('consumer.group_join', rejecting);
  await careless.join();
  await clock.pass(1);
  expect(careless.told('crash')).toEqual([]);
  const thrower = new Reader(kafka, { groupId: 'other' });
  thrower.consumer.on('consumer.group_join', () => {
    throw new Error('heard');
  });
  await thrower.join();
  expect(thrower.told('crash')).toMatchObject([{ error: { message: 'heard' }, restart: false }]);
});

test('a name that is no event is refused', () => {
  const { kafka } = withTopic();
  expect(() => kafka.consumer({ groupId: 'g' }).on('consumer.no_such', () => undefined)).toThrow('Event name should be one of');
});

test.for(Object.values(kafkajsEvents))('%s can be listened to, as with kafkajs', (name) => {
  const { events } = eventsAt(0);
  expect(() => events.on(name, () => undefined)).not.toThrow();
});

test('all listeners are told at once, each as often as it was added, until it is taken back', () => {
  const { events } = eventsAt(1_234);
  const told: unknown[] = [];
  const listener = (event: unknown) => void told.push(event);
  events.emit('stop');
  const forget = events.on('consumer.fetch', listener);
  events.on('consumer.fetch', listener);
  events.on('consumer.crash', listener);
  events.emit('fetch', { nodeId: '0' });
  const event = { id: 0, type: 'consumer.fetch', timestamp: 1_234, payload: { nodeId: '0' } };
  expect(told).toEqual([event, event]);
  forget();
  events.emit('fetch');
  expect(told.slice(2)).toEqual([{ id: 1, type: 'consumer.fetch', timestamp: 1_234, payload: undefined }]);
});

test('a listener that is added while others are told hears of the next event', () => {
  const { events } = eventsAt(0);
  let late = 0;
  events.on('consumer.fetch', () => events.on('consumer.fetch', () => late++));
  events.emit('fetch');
  expect(late).toBe(0);
  events.emit('fetch');
  expect(late).toBe(1);
});

test('a dead client tells nothing', () => {
  const { connection, events } = eventsAt(0);
  let told = 0;
  events.on('consumer.stop', () => told++);
  events.emit('stop');
  connection.process.kill();
  events.emit('stop');
  expect(told).toBe(1);
});

test.for(['producer', 'admin'] as const)('the %s has the events that it has with kafkajs', (client) => {
  const theirs = kafkajsSource(`${client}/instrumentationEvents`) as { readonly events: Readonly<Record<string, string>> };
  expect(clientEvents(client)).toEqual(theirs.events);
});

test('what an event tells is put together only if somebody listens', () => {
  const { events } = eventsAt(0);
  let made = 0;
  const payload = () => ({ made: ++made });
  events.emit('fetch', payload);
  const told: unknown[] = [];
  events.on('consumer.fetch', (event) => told.push(event.payload));
  events.emit('fetch', payload);
  expect(told).toEqual([{ made: 1 }]);
});
