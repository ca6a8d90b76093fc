import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How a run of the word count went. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The rows of the table of totals. */
  readonly rows: readonly Row[];
  /** The grand total of words. */
  readonly total: number;
}

/** A window, as it was printed. */
export interface Row {
  /** ISO time. */
  readonly window: string;
  readonly words: number;
  readonly distinct: number;
}

/** What a run is given beside its arguments. */
export interface SpawnOptions {
  readonly stdin?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Called with all output so far whenever there is more; true sends SIGINT, once. */
  readonly interruptWhen?: ((stdout: string) => boolean) | undefined;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm start -- …args`, without npm in between, to its end. */
export async function spawnWordCount(
  args: readonly string[],
  { stdin = '', env = {}, interruptWhen }: SpawnOptions = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/word-count/main.ts', ...args], {
    cwd: root,
    env: { ...process.env, KAFKA_BROKERS: '', ...env },
  });
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (interrupted || !interruptWhen?.(stdout)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined); // it may end before it has read all
  if (interruptWhen) child.stdin.write(stdin);
  else child.stdin.end(stdin);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr, rows: rowsOf(stdout), total: Number(/^total +(\d+)/m.exec(stdout)?.[1]) };
}

function rowsOf(stdout: string): Row[] {
  return [...stdout.matchAll(/^(\S+Z) +(\d+) +(\d+)$/gm)].map(([, window = '', words, distinct]) => ({
    window,
    words: Number(words),
    distinct: Number(distinct),
  }));
}
