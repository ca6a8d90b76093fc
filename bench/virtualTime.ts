import { countForSoLong } from './virtualWordCount';

// How long a word count takes that runs for 10,000 virtual seconds: the clock, the Kafka in memory and the pipeline together.

const seconds = Number(process.argv[2] ?? 10_000);
for (let turn = 1; turn <= 3; turn++) {
  const since = performance.now();
  const { fed, counted, windows, committed } = await countForSoLong(seconds * 1_000);
  const ms = Math.round(performance.now() - since);
  console.log(`${seconds} s in ${ms} ms: ${counted} of ${fed} words in ${windows} windows, committed ${committed.join(', ')}`);
}
