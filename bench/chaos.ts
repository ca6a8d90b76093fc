import { parseArgs } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { openBroker } from './broker';
import { compile } from './compile';
import { type Truth, countWords } from './countWords';
import { type Life, type LifeOptions, type Progress, liveAndBeKilled, liveToTheEnd } from './lives';
import { createTopics, deleteTopics, loadLines } from './loadLines';
import { describe, isRight, verify } from './verify';
import { randomNumbers, workload } from './workload';

// `npm run chaos`: the word count is killed (`kill -9`) at random moments, started again each time, and must give every result, and no wrong one, in the end.
// The seed fixes when a life is killed, counted from its first line, and how fast it may go; what the machine does in that time is its own affair.

const text = { type: 'string' } as const;
const { values: options } = parseArgs({ options: { rounds: text, lives: text, lines: text, seed: text } });
const rounds = Number(options.rounds ?? 3);
const lives = Number(options.lives ?? 12);
const lineCount = Number(options.lines ?? 400_000);
const firstSeed = Number(options.seed ?? Math.floor(Math.random() * 1e6));

// The smallest that Kafka takes without being told otherwise is 6 s; the broker that is started here takes less. With 1 s a busy machine loses live members.
const sessionTimeout = process.env['KAFKA_BROKERS'] === undefined ? 2_000 : 6_000;

const broker = await openBroker();
try {
  const kafka = new Kafka({ clientId: 'chaos', brokers: broker.bootstrap.split(','), logLevel: logLevel.ERROR });
  const [program = ''] = await compile('chaosChild');
  const id = Date.now().toString(36);
  const lines = `lines-${id}`;
  const truth = countWords(workload({ lines: lineCount }));
  await loadLines(kafka, lines, workload({ lines: lineCount }));
  console.log(
    `${lineCount.toLocaleString('en')} lines, ${truth.results.toLocaleString('en')} results; a life is killed 0.2 to 3 s after its first line; session timeout ${sessionTimeout / 1_000} s`,
  );

  for (let round = 0; round < rounds; round++) {
    const seed = firstSeed + round;
    const topics = { lines, counts: `counts-${id}-${seed}`, group: `group-${id}-${seed}` };
    console.log(`\nround ${round + 1}, --seed ${seed}`);
    await createTopics(kafka, [topics.counts]);
    const killed = await liveAndDie(program, { bootstrap: broker.bootstrap, sessionTimeout, ...topics }, truth, randomNumbers(seed));
    const verdict = await verify(kafka, topics, truth);
    if (!isRight(verdict)) process.exitCode = 1;
    const open = killed.filter(({ openWindows }) => openWindows > 0).length;
    const amid = killed.filter((life) => isAmidWindow(life, truth)).length;
    console.log(`${isRight(verdict) ? 'right' : 'WRONG'}: ${describe(verdict)}`);
    console.log(`${killed.length} lives killed: ${open} with open windows, ${amid} amid the results of a window; seed ${seed}`);
    await deleteTopics(kafka, [topics.counts]);
  }
  await deleteTopics(kafka, [lines]);
} catch (error) {
  console.error(`the first seed was ${firstSeed}`);
  throw error;
} finally {
  await broker.stop();
}

/** So many lives that are killed, and a last one that runs to the end. */
async function liveAndDie(
  program: string,
  task: Omit<LifeOptions, 'delay' | 'toTheEnd'>,
  truth: Truth,
  random: () => number,
): Promise<Life[]> {
  const killed: Life[] = [];
  for (let n = 1; n <= lives; n++) {
    const after = 200 + random() * 2_800;
    // At full speed two or three lives would be enough for all lines, and the others would have nothing to be killed at.
    const delay = random() < 0.2 ? 0 : 40;
    const life = await liveAndBeKilled(program, { ...task, delay }, after);
    killed.push(life);
    const manner = delay > 0 ? 'slowed down' : 'at full speed';
    console.log(
      `  life ${n}, ${manner}: first line after ${life.untilFirstLine.toFixed(1)} s, killed ${(after / 1_000).toFixed(2)} s later; ${said(life, truth)}`,
    );
  }
  const last = await liveToTheEnd(program, { ...task, delay: 0 });
  console.log(`  the last life, to the end: ${said(last, truth)}`);
  return killed;
}

function said(life: Progress, truth: Truth): string {
  const { lines, results, openWindows } = life;
  return `${lines} lines in, ${results} results out, ${openWindows} windows open${isAmidWindow(life, truth) ? ', amid a window' : ''}`;
}

/** Whether it had put out some results of its last window and not all. */
function isAmidWindow({ lastWindow }: Progress, { counts }: Truth): boolean {
  return lastWindow !== undefined && lastWindow.results < (counts.get(lastWindow.end)?.size ?? 0);
}
