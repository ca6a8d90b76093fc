import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const genuine = { setImmediate, process };

beforeEach(() => vi.resetModules());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const load = () => import('../../../src/testing/clock/whileDrained');

/** Whether a chain of so many promises has come to its end. */
async function chain(length: number): Promise<void> {
  for (let n = 0; n < length; n++) await Promise.resolve();
}

/** Works, if promises have their turn, and others' macrotasks too. */
async function expectDrains({ whileDrained }: Awaited<ReturnType<typeof load>>): Promise<void> {
  const order: string[] = [];
  const begin = (name: string) => void chain(1_000).then(() => order.push(name));
  begin('before');
  let step = 0;
  await whileDrained(() => {
    order.push(`step ${++step}`);
    begin(`after ${step}`);
    return step < 20;
  });
  const steps = Array.from({ length: 20 }, (_, n) => [`step ${n + 1}`, `after ${n + 1}`]).flat();
  expect(order).toEqual(['before', ...steps].slice(0, -1)); // it does not wait for what the last has begun
  await expect(
    whileDrained(() => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
}

/** What a window has of its own: no Node around it. */
function withoutNode(): void {
  vi.stubGlobal('setImmediate', undefined);
  vi.stubGlobal('process', undefined);
}

describe('every promise has its turn', () => {
  test('where there is setImmediate', async () => expectDrains(await load()));

  test('in a jsdom, which hides it', async () => {
    const asked: string[] = [];
    vi.stubGlobal('setImmediate', undefined);
    vi.stubGlobal('MessageChannel', undefined);
    vi.stubGlobal('process', {
      getBuiltinModule: (name: string) => {
        asked.push(name);
        return { setImmediate: genuine.setImmediate };
      },
    });
    await expectDrains(await load());
    expect(asked).toEqual(['timers']);
  });

  test('in a browser', async () => {
    withoutNode();
    await expectDrains(await load());
  });

  test('where there is nothing but setTimeout', async () => {
    withoutNode();
    vi.stubGlobal('MessageChannel', undefined);
    await expectDrains(await load());
  });

  test('when timers were faked after it was loaded', async () => {
    const loaded = await load();
    vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'queueMicrotask', 'Date'] });
    await expectDrains(loaded);
  });

  test('when timers had been faked before it was loaded', async () => {
    vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'Date'] });
    await expectDrains(await load());
  });
});

test('where every timer is a fake one, it says what to do', async () => {
  withoutNode();
  vi.stubGlobal('MessageChannel', undefined);
  vi.stubGlobal(
    'setTimeout',
    Object.assign(() => undefined, { clock: {} }),
  );
  const { whileDrained } = await load();
  await expect(whileDrained(() => false)).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining('Import it before they are installed') as string,
  });
});
