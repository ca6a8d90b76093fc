import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import { FakeCommits } from '../../../src/testing/broker/fakeCommits';
import { Reader } from '../reader';

test('metadata is taken up to 4,096 characters, and a longer one does not keep the rest of the commit out', async () => {
  const kafka = new FakeKafka({ partitions: 2 });
  kafka.createTopic('t');
  const { consumer } = await new Reader(kafka, { retry: { retries: 0 } }).join();
  await consumer.commitOffsets([{ topic: 't', partition: 0, offset: '1', metadata: 'ü'.repeat(4_096) }]);
  await expect(
    consumer.commitOffsets([
      { topic: 't', partition: 0, offset: '2', metadata: 'x'.repeat(4_097) },
      { topic: 't', partition: 1, offset: '3', metadata: 'short' },
    ]),
  ).rejects.toMatchObject({ name: 'KafkaJSNonRetriableError', cause: { type: 'OFFSET_METADATA_TOO_LARGE', code: 12, retriable: false } });
  expect(kafka.committed('g')).toMatchObject([{ offset: 1 }, { offset: 3, metadata: 'short' }]);
});

const commit = (topic: string, partition: number, offset: number, metadata = '') => ({ topic, partition, offset, metadata });

test('what is committed last of a partition counts, also if it is less', () => {
  const commits = new FakeCommits();
  expect(commits.get('t', 0)).toBe(undefined);
  commits.store([commit('t', 0, 5), commit('t', 1, 6)]);
  commits.store([commit('t', 0, 3, 'back')]);
  expect(commits.get('t', 0)).toEqual(commit('t', 0, 3, 'back'));
  expect(commits.get('t', 1)).toEqual(commit('t', 1, 6));
  expect(commits.get('t', 2)).toBe(undefined);
});

test('partitions are listed as numbers, not as text', () => {
  const commits = new FakeCommits();
  commits.store([commit('b', 10, 1), commit('a', 11, 2), commit('b', 9, 3)]);
  expect(commits.all()).toEqual([commit('a', 11, 2), commit('b', 9, 3), commit('b', 10, 1)]);
});
