import { StreamError } from '../../errors';

type Turn = (work: () => void) => void;

/** What of Node's `process` is looked at, where there is one. */
interface NodeProcess {
  readonly getBuiltinModule?: ((name: string) => { readonly setImmediate?: unknown } | undefined) | undefined;
}

/** Chosen when the module is loaded, since a test may replace the globals later by timers of its own. */
const turn = immediate() ?? messageChannel() ?? timeout();

/** Turns that are asked for at once: Node takes them in one round of its event loop, with promises between them, and a round costs more than a turn. */
const inOneRound = 32;

/**
 * Calls `step` again and again, each time when every promise that can settle has settled, until it gives false; rejects with what it throws.
 *
 * @throws StreamError `UNSUPPORTED`
 */
export async function whileDrained(step: () => boolean): Promise<void> {
  const thrown: unknown[] = [];
  await new Promise<void>((resolve) => {
    let over = false;
    const take = () => {
      if (over) return;
      try {
        over = !step();
      } catch (error) {
        thrown.push(error);
        over = true;
      }
      if (over) resolve();
    };
    const round = () => {
      take();
      if (over) return;
      for (let n = 1; n < inOneRound; n++) turn(take);
      turn(round);
    };
    turn(round);
  });
  if (thrown.length > 0) throw thrown[0];
}

/** Where there is Node: also in a jsdom, whose window hides it. */
function immediate(): Turn | undefined {
  const own: unknown = typeof setImmediate === 'function' ? setImmediate : undefined;
  const { getBuiltinModule } = typeof process === 'object' ? (process as NodeProcess) : {};
  return [own, getBuiltinModule?.('timers')?.setImmediate].find(isGenuine);
}

/** In browsers. One channel for all: closing one for each turn costs more than the turn. */
function messageChannel(): Turn | undefined {
  if (typeof MessageChannel !== 'function') return undefined;
  const { port1, port2 } = new MessageChannel() as { port1: MaybeNodePort; port2: MaybeNodePort };
  const works: (() => void)[] = [];
  port1.onmessage = () => {
    const work = works.shift();
    if (works.length === 0) port1.unref?.();
    work?.();
  };
  port1.unref?.(); // in Node an open port would keep the process alive
  return (work) => {
    port1.ref?.();
    works.push(work);
    port2.postMessage(null);
  };
}

interface MaybeNodePort extends MessagePort {
  ref?(): void;
  unref?(): void;
}

function timeout(): Turn {
  const own: unknown = setTimeout;
  if (isGenuine(own)) return own;
  return () => {
    throw new StreamError(
      'UNSUPPORTED',
      'there is no way left to wait for promises: fake timers had replaced every timer when millrace/testing was loaded. Import it before they are installed, or let them leave setImmediate alone',
    );
  };
}

/** Fake timers mark what they put in place of the real ones: with their clock, or, in an older jest, as a mock. */
function isGenuine(candidate: unknown): candidate is Turn {
  return typeof candidate === 'function' && !('clock' in candidate) && !('_isMockFunction' in candidate);
}
