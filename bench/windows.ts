import { execFile } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs, promisify } from 'node:util';
import { compile } from './compile';
import { median, rounded, spread } from './spread';
import { windowCases } from './windowCases';
import type { WindowOutcome } from './windowRun';

// `npm run bench:windows`: what windows of each kind cost, without a Kafka. Each run is a process of its own; all cases take turns, so that those that are
// compared have run one after the other.

const run = promisify(execFile);
const text = { type: 'string' } as const;
const { values: options } = parseArgs({ options: { runs: text, records: text, only: text } });
const runs = Number(options.runs ?? 5);
const records = Number(options.records ?? 500_000);
const { only = '' } = options;
const names = Object.keys(windowCases).filter((name) => name.includes(only) || windowCases[name]?.beside === undefined);

const [program = ''] = await compile('windowRun');
const outcomes = new Map<string, WindowOutcome[]>();
for (let turn = 1; turn <= runs; turn++) {
  for (const name of names) {
    const { stdout } = await run(process.execPath, ['--expose-gc', program, '--case', name, '--records', String(records)]);
    const outcome = JSON.parse(stdout) as WindowOutcome;
    outcomes.set(name, [...(outcomes.get(name) ?? []), outcome]);
    console.error(`${String(turn)}/${String(runs)} ${name}: ${rounded(outcome.recordsPerSecond)} records/s`);
  }
}

console.log(`
${records.toLocaleString('en')} records of 100 keys, 1,000 of them in a second of event time, at most 50 ms out of order. Node ${process.version},
${String(availableParallelism())} processors (${cpus()[0]?.model ?? 'unknown'}). Median (least to most) of ${String(runs)} runs.

| window | what is done | records/s | CPU µs/record | beside | results | heap, MB | peak RSS, MB |
|---|---|---|---|---|---|---|---|`);
for (const name of names) console.log(row(name));

function row(name: string): string {
  const { doing = 'added', beside } = windowCases[name] ?? {};
  const own = outcomes.get(name) ?? [];
  const others = outcomes.get(beside ?? '') ?? [];
  const ratios = own.map(({ cpuMicrosPerRecord }, turn) => cpuMicrosPerRecord / (others[turn]?.cpuMicrosPerRecord ?? NaN));
  const cells = [
    name,
    doing,
    spread(own.map(({ recordsPerSecond }) => recordsPerSecond)),
    spread(own.map(({ cpuMicrosPerRecord }) => cpuMicrosPerRecord)),
    beside === undefined ? '' : `${spread(ratios)} of ${beside}`,
    rounded(median(own.map(({ results }) => results))),
    rounded(median(own.map(({ heapMegabytes }) => heapMegabytes))),
    rounded(median(own.map(({ peakRssMegabytes }) => peakRssMegabytes))),
  ];
  return `| ${cells.join(' | ')} |`;
}
