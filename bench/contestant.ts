import { parseArgs } from 'node:util';

/** What a contestant is told on its command line. */
export interface Task {
  readonly bootstrap: string;
  /** The topic to read. */
  readonly lines: string;
  /** The topic to write to; it is empty. */
  readonly counts: string;
  /** The group to commit as; it is new. */
  readonly group: string;
}

/** What a contestant prints, as one line of JSON. */
export interface Outcome {
  readonly lines: number;
  /** From before the first connection to after the last commit. */
  readonly seconds: number;
  readonly linesPerSecond: number;
  /** User and system time of the whole process, its start included. */
  readonly cpuSeconds: number;
  readonly peakRssMegabytes: number;
  /** Results that the broker has acknowledged. */
  readonly results: number;
}

/** Does the job, measures it and prints the outcome; the process is then done, whatever a client may still have open. */
export async function compete(job: (task: Task) => Promise<{ lines: number; results: number }>): Promise<void> {
  const task = readTask();
  const start = performance.now();
  const { lines, results } = await job(task);
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage();
  const outcome: Outcome = {
    lines,
    seconds,
    linesPerSecond: lines / seconds,
    cpuSeconds: (user + system) / 1e6,
    peakRssMegabytes: process.resourceUsage().maxRSS / 1_024,
    results,
  };
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
}

/** The options of the command line as a task. */
export function readTask(): Task {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { bootstrap: text, lines: text, counts: text, group: text } });
  const { bootstrap, lines, counts, group } = values;
  if (bootstrap === undefined || lines === undefined || counts === undefined || group === undefined) {
    throw new Error('needed: --bootstrap host:port --lines topic --counts topic --group name');
  }
  return { bootstrap, lines, counts, group };
}
