import { access, constants } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Arguments, help, readArguments } from './arguments';
import { countText } from './countText';
import { openKafka } from './kafka';
import { totals } from './table';
import { Tally } from './tally';
import { readmes } from './text';
import { lineView, tableView } from './views';

// `npm start`: the words of real text are counted in windows, and one can watch.

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(); // whoever read it has had enough, as `head` does
});

try {
  const commandLine = readArguments(process.argv.slice(2));
  if (commandLine.help) console.log(help);
  else await main(commandLine);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

async function main({ files, speed, follow, keep }: Arguments): Promise<void> {
  const interrupted = onCtrlC();
  const texts = files.length > 0 ? files : await readmes(packages);
  for (const file of texts) if (file !== '-') await access(file, constants.R_OK);

  const cluster = await openKafka({ brokers: process.env['KAFKA_BROKERS'], partitions: 4, keep });
  const what = files.length > 0 ? files.join(' ').replace(/^-$/, 'stdin') : `the README.md of ${texts.length} packages`;
  const title = `millrace word count: ${what}, in ${cluster.name}`;
  const tally = new Tally();
  const progress = () => tally.progress(performance.now());
  const view = process.stdout.isTTY ? tableView(process.stdout, title) : lineView(console.log, title);
  const showing = setInterval(() => {
    view.show(progress(), interrupted.aborted ? 'draining; Ctrl-C again stops at once' : 'Ctrl-C drains and sums up');
  }, 200);

  try {
    await countText(cluster, { files: texts, stdin: process.stdin, speed, follow, tally, signal: interrupted });
    if (!interrupted.aborted) tally.done();
  } finally {
    clearInterval(showing);
    view.close(progress());
    await cluster.close().catch((error: unknown) => console.error(`topics or group may be left behind: ${messageOf(error)}`));
  }
  console.log(`\n${totals(progress()).join('\n')}`);
  if (keep) console.log(`kept: topics ${cluster.lines} and ${cluster.counts}, group ${cluster.groupId}`);
}

/** Aborted by the first Ctrl-C; the second ends the process. One may come twice within a moment: from the terminal, and from npm. */
function onCtrlC(): AbortSignal {
  const interruption = new AbortController();
  let first = Infinity;
  process.on('SIGINT', () => {
    const now = performance.now();
    if (now - first > 500) process.exit(130);
    first = Math.min(first, now);
    interruption.abort();
  });
  return interruption.signal;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
