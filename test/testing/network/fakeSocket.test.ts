import { expect, test } from 'vitest';
import { FakeSocket } from '../../../src/testing/network/fakeSocket';
import { settled } from '../../run/clock';

test('the next request is taken when the one before is answered', async () => {
  const socket = new FakeSocket(() => undefined);
  const taken: string[] = [];
  let answer = (): void => undefined;
  socket.sent.push((answered) => {
    taken.push('a');
    answer = answered;
  });
  socket.sent.push((answered) => {
    taken.push('b');
    answered();
  });
  socket.arriveNext();
  socket.arriveNext();
  socket.arriveNext();
  expect(taken).toEqual(['a']);
  expect(socket.busy).toBe(true);
  answer();
  await settled();
  expect(taken).toEqual(['a', 'b']);
  expect(socket.busy).toBe(false);
});

test('what is under way when it closes fails, what has ended does not, and what was not taken is not done', async () => {
  let closes = 0;
  const socket = new FakeSocket(() => closes++);
  const told: string[] = [];
  const exchange = (name: string) => ({ fail: (error: Error) => told.push(`${name}: ${error.message}`) });
  const [waiting, ended] = [exchange('waiting'), exchange('ended')];
  socket.begin(waiting);
  socket.begin(ended);
  socket.end(ended);
  let answer = (): void => undefined;
  socket.sent.push((answered) => {
    told.push('taken');
    answer = answered;
  });
  for (let n = 0; n < 2; n++) socket.sent.push(() => void told.push('taken too late'));
  socket.arriveNext();
  socket.arriveNext();
  socket.close(new Error('closed'));
  socket.close(new Error('again'));
  answer();
  socket.arriveNext();
  await settled();
  expect(told).toEqual(['taken', 'waiting: closed']);
  expect([socket.closed, closes]).toEqual([true, 1]);
});

test('a client that closes it in order tells nobody', () => {
  const socket = new FakeSocket(() => undefined);
  const failed: Error[] = [];
  socket.begin({ fail: (error) => void failed.push(error) });
  socket.close();
  expect(failed).toEqual([]);
});
