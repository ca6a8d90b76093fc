import { parseArgs } from 'node:util';
import { fromTopic, int32, tapRecords, text } from 'millrace';
import { GeneratedTopic } from './generatedTopic';
import { windowCases } from './windowCases';

/** What a run prints, as one line of JSON. */
export interface WindowOutcome {
  readonly recordsPerSecond: number;
  /** Of the whole process, garbage collection included: less noisy than the rate where others use the machine too. */
  readonly cpuMicrosPerRecord: number;
  /** Given while records were counted. */
  readonly results: number;
  /** What is left after garbage is collected, with the windows that are open then. */
  readonly heapMegabytes: number;
  readonly peakRssMegabytes: number;
}

// One case, in a process of its own that was started with --expose-gc: records go through until as much is open as ever will be, and are timed from there on.

const { values } = parseArgs({ options: { case: { type: 'string' }, records: { type: 'string' } } });
const windowCase = windowCases[values.case ?? ''];
if (!windowCase) throw new Error(`there is no case ${String(values.case)}: it can be ${Object.keys(windowCases).join(', ')}`);

const timed = Number(values.records ?? 500_000);
const recordsPerSecond = 1_000;
const warmUp = (windowCase.warmUp ?? 60) * recordsPerSecond + 200_000; // at least so many that the code is compiled
const kafka = new GeneratedTopic({ records: warmUp + timed, recordsPerSecond, keys: 100, disorder: 50 });

let taken = 0;
let results = 0;
let start = 0;
let cpuBefore = process.cpuUsage();
let resultsBefore = 0;
let outcome: WindowOutcome | undefined;
const lines$ = fromTopic(kafka, kafka.topic, {
  groupId: 'windows',
  key: text,
  value: int32,
  outOfOrderness: 50,
  until: 'latest',
  atEnd: 'hold',
}).pipe(
  tapRecords(() => {
    taken++;
    if (taken === warmUp) {
      start = performance.now();
      cpuBefore = process.cpuUsage();
      resultsBefore = results;
    }
    if (taken < warmUp + timed) return;
    const seconds = (performance.now() - start) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const peakRssMegabytes = process.resourceUsage().maxRSS / 1_024;
    globalThis.gc?.();
    const heapMegabytes = process.memoryUsage().heapUsed / 2 ** 20;
    outcome = {
      recordsPerSecond: timed / seconds,
      cpuMicrosPerRecord: (user + system) / timed,
      results: results - resultsBefore,
      heapMegabytes,
      peakRssMegabytes,
    };
  }),
);
windowCase.pipeline(lines$).subscribe({
  next: () => results++,
  complete: () => process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0)),
});
