import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { openBroker } from './broker';
import { compile } from './compile';
import type { Outcome, Task } from './contestant';
import { countWords } from './countWords';
import { createTopics, deleteTopics, loadLines } from './loadLines';
import { median, rounded, spread } from './spread';
import { describe, isRight, verify } from './verify';
import { workload } from './workload';

// `npm run bench`: workload W by millrace and by a loop written by hand, in turn, each in a process of its own. Machines are noisy, so what counts is the
// ratio of two runs that follow each other.

const run = promisify(execFile);
const text = { type: 'string' } as const;
const { values: options } = parseArgs({ options: { runs: text, lines: text, seed: text } });
const runs = Number(options.runs ?? 3);
const work = { lines: Number(options.lines ?? 1_000_000), seed: Number(options.seed ?? 1) };

const broker = await openBroker();
try {
  const kafka = new Kafka({ clientId: 'bench', brokers: broker.bootstrap.split(','), logLevel: logLevel.ERROR });
  const id = Date.now().toString(36);
  const lines = `lines-${id}`;
  const [byHand = '', millrace = ''] = await compile('byHand', 'millrace');

  const truth = countWords(workload(work));
  await loadLines(kafka, lines, workload(work));
  console.log(
    `${work.lines.toLocaleString('en')} lines, ${truth.words.toLocaleString('en')} words, ${truth.results.toLocaleString('en')} results; seed ${String(work.seed)}`,
  );

  const compete = async (program: string, name: string): Promise<Outcome> => {
    const task = { bootstrap: broker.bootstrap, lines, counts: `counts-${id}-${name}`, group: `group-${id}-${name}` };
    await createTopics(kafka, [task.counts]);
    const outcome = await runProgram(program, task);
    const verdict = await verify(kafka, task, truth);
    if (!isRight(verdict)) process.exitCode = 1;
    console.log(`${name}: ${rounded(outcome.linesPerSecond)} lines/s; ${isRight(verdict) ? 'right' : 'WRONG'}: ${describe(verdict)}`);
    await deleteTopics(kafka, [task.counts]);
    return outcome;
  };

  const pairs: { readonly hand: Outcome; readonly ours: Outcome }[] = [];
  for (let n = 1; n <= runs; n++) {
    const hand = await compete(byHand, `by-hand-${String(n)}`);
    pairs.push({ hand, ours: await compete(millrace, `millrace-${String(n)}`) });
  }
  await deleteTopics(kafka, [lines]);

  const ratios = pairs.map(({ hand, ours }) => ours.linesPerSecond / hand.linesPerSecond);
  console.log(`
| median (least to most) of ${String(runs)} | lines/s | CPU s | peak RSS, MB |
|---|---|---|---|
${row(
  'kafkajs, by hand',
  pairs.map(({ hand }) => hand),
)}
${row(
  'millrace',
  pairs.map(({ ours }) => ours),
)}

millrace / by hand, lines/s: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; median ${median(ratios).toFixed(2)}`);
} finally {
  await broker.stop();
}

async function runProgram(program: string, { bootstrap, lines, counts, group }: Task): Promise<Outcome> {
  const args = ['--bootstrap', bootstrap, '--lines', lines, '--counts', counts, '--group', group];
  const { stdout, stderr } = await run(process.execPath, [program, ...args]);
  if (stderr !== '') console.warn(stderr);
  return JSON.parse(stdout) as Outcome;
}

function row(name: string, outcomes: readonly Outcome[]): string {
  const speed = outcomes.map(({ linesPerSecond }) => linesPerSecond);
  const cpu = outcomes.map(({ cpuSeconds }) => cpuSeconds);
  const memory = outcomes.map(({ peakRssMegabytes }) => peakRssMegabytes);
  return `| ${[name, spread(speed), spread(cpu), spread(memory)].join(' | ')} |`;
}
