import { inspect } from 'node:util';
import { describe, expect, type Mock, test, vi } from 'vitest';
import { Share, shareOf, type ShareRoot } from '../../src/run/share';
import { partition } from './pieces';

function root(state: Partial<ShareRoot> = {}): ShareRoot & { spent: Mock<() => void> } {
  return {
    kind: 'record',
    shares: 0,
    ended: false,
    autoRelease: false,
    stages: [],
    free: undefined,
    slot: 0,
    where: 't[0]@0',
    ...state,
    spent: vi.fn<() => void>(),
  };
}

test('an element is released once, and its root hears of it', () => {
  const one = root();
  const share = new Share(one);
  expect(one.shares).toBe(1);
  share.release();
  expect(share.released).toBe(true);
  expect(one.shares).toBe(0);
  expect(one.spent).toHaveBeenCalledTimes(1);
});

test('a record is released when the last of its shares is', () => {
  const epoch = partition();
  const share = epoch.deliver(0, 0, 1);
  const fork = share.fork();
  share.release();
  expect(epoch.oldest?.offset).toBe(0);
  fork.release();
  expect(epoch.oldest).toBeUndefined();
});

test('L3: an element that is acked twice is an error, before a sibling is released by mistake', () => {
  const epoch = partition();
  const share = epoch.deliver(0, 0, 1);
  share.fork();
  share.release();
  const twice: unknown = expect.objectContaining({
    code: 'ACKED_TWICE',
    message: expect.stringMatching(/^an element of t\[0\]@0 was acked twice: .*flatMapValues/) as string,
  });
  expect(() => share.release()).toThrow(twice);
  expect(() => share.fork()).toThrow(twice);
  expect(epoch.inFlight).toBe(1);
});

test('L4: acks of an epoch that has ended do nothing, twice or not', () => {
  const epoch = partition();
  const share = epoch.deliver(0, 0, 1);
  epoch.ended = true;
  share.release();
  share.release();
  expect(share.released).toBe(false);
  expect(epoch.inFlight).toBe(1);
  expect(epoch.releases).toBe(0);
});

test('without a group an ack too many does no harm', () => {
  const one = root({ autoRelease: true });
  const share = new Share(one);
  share.release();
  share.release();
  expect(one.shares).toBe(0);
  expect(() => share.fork()).not.toThrow();
});

describe('the share of a record', () => {
  const record = { key: null, value: 1, timestamp: 0, headers: {} };

  test('survives a spread', () => {
    const share = new Share(root());
    expect(shareOf({ ...{ ...record, '~provenance': share } }, 'ack')).toBe(share);
  });

  test.each([undefined, null, { kind: 'millrace' }])('is missing in a record with the provenance %j', (provenance) => {
    expect(() => shareOf({ ...record, '~provenance': provenance as never }, 'ack')).toThrow(
      expect.objectContaining({
        code: 'NO_SOURCE',
        message: expect.stringContaining('ack got an element that did not come from fromTopic') as string,
      }),
    );
  });

  test('shows nothing of the tracker when the record is logged or put into JSON', () => {
    const share = partition().deliver(0, 0, 1);
    expect(JSON.stringify(share)).toBe('{"kind":"millrace"}');
    expect(inspect(share)).toBe("Share { kind: 'millrace' }");
  });
});
