import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** What one life of the pipeline is given. */
export interface LifeOptions {
  readonly bootstrap: string;
  /** The topic to read. */
  readonly lines: string;
  /** The topic to write to. */
  readonly counts: string;
  readonly group: string;
  /** How long the broker waits for a dead member, ms: the next life has to wait as long for its partitions. */
  readonly sessionTimeout: number;
  /** How long each line is held up before it is counted, ms; 0 is not at all. */
  readonly delay: number;
  /** Whether it ends at the end of the topic; otherwise it goes on until it is killed. */
  readonly toTheEnd: boolean;
}

/** What a life has told before its end; the very last of it may be missing. */
export interface Progress {
  /** Lines that the source has delivered. */
  readonly lines: number;
  /** Results that the broker has acknowledged. */
  readonly results: number;
  /** Windows that lines have come for and no result has come out of. */
  readonly openWindows: number;
  /** The window that came out last: its end, ms since the epoch, and how many of its results were acknowledged. */
  readonly lastWindow: { readonly end: number; readonly results: number } | undefined;
}

/** A life that was killed. */
export interface Life extends Progress {
  /** From the start of the process to the first line, seconds. */
  readonly untilFirstLine: number;
}

const patience = 120_000;

/**
 * Starts a life and kills it (`kill -9`) `after` milliseconds, counted from its first line: before that it only waits for the broker to give up the member
 * that was killed before it.
 *
 * @throws Error if it ends by itself
 */
export async function liveAndBeKilled(program: string, options: Omit<LifeOptions, 'toTheEnd'>, after: number): Promise<Life> {
  const { child, ended, firstLine, progress } = start(program, { ...options, toTheEnd: false });
  try {
    const untilFirstLine = await Promise.race([firstLine, ended.then(failed), tooLong('no first line')]);
    await Promise.race([wait(after), ended.then(failed)]);
    child.kill('SIGKILL');
    await ended;
    return { ...progress(), untilFirstLine };
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * Starts a life that is not killed, and waits for its end.
 *
 * @throws Error if it does not end well, or not at all
 */
export async function liveToTheEnd(program: string, options: Omit<LifeOptions, 'toTheEnd'>): Promise<Progress> {
  const { child, ended, progress } = start(program, { ...options, toTheEnd: true });
  try {
    const end = await Promise.race([ended, tooLong('no end')]);
    if (end !== 0) failed(end);
    return progress();
  } finally {
    child.kill('SIGKILL');
  }
}

interface Started {
  readonly child: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Seconds until its first line. */
  readonly firstLine: Promise<number>;
  progress(): Progress;
}

function start(program: string, options: LifeOptions): Started {
  const begin = performance.now();
  const child = fork(program, [JSON.stringify(options)]);
  let last: Progress = { lines: 0, results: 0, openWindows: 0, lastWindow: undefined };
  const ended = new Promise<number | string>((resolve, reject) => {
    child.on('exit', (code, signal) => {
      resolve(code ?? signal ?? 'no code');
    });
    child.on('error', reject);
  });
  const firstLine = new Promise<number>((resolve) => {
    child.on('message', (message: Progress) => {
      last = message;
      resolve((performance.now() - begin) / 1_000);
    });
  });
  return { child, ended, firstLine, progress: () => last };
}

function failed(end: number | string): never {
  throw new Error(`the pipeline ended by itself: ${end}`);
}

async function tooLong(what: string): Promise<never> {
  await wait(patience, undefined, { ref: false });
  throw new Error(`${what} within ${patience / 1_000} s`);
}
