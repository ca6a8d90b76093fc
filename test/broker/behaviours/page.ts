import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { brokers } from './brokers';

// `page.ts REPORT`: checks that docs/guides/behaviours.md says what the tests of REPORT (JSON of vitest) have shown; with --write, makes it say so.

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly title: string; readonly status: string }[];
  }[];
}

const page = 'docs/guides/behaviours.md';
const [real, fake] = brokers.map(({ name }) => name) as [string, string];

/** Which brokers each behaviour was shown of, by subject, in the order of the tests. */
function shownIn({ testResults }: Report): Map<string, Map<string, Set<string>>> {
  const subjects = new Map<string, Map<string, Set<string>>>();
  const files = testResults.filter(({ name }) => name.includes('test/broker/behaviours/'));
  for (const { assertionResults } of files.toSorted((a, b) => (basename(a.name) < basename(b.name) ? -1 : 1))) {
    for (const { ancestorTitles, title, status } of assertionResults) {
      const about = ancestorTitles.join(', ');
      const broker = about.includes(fake) ? fake : real;
      const subject = about.replace(new RegExp(`( with| of| on| from| to)? '?${broker}'?`), '');
      const behaviours = subjects.get(subject) ?? new Map<string, Set<string>>();
      const shown = behaviours.get(title) ?? new Set();
      if (status === 'passed') shown.add(broker);
      subjects.set(subject, behaviours.set(title, shown));
    }
  }
  return subjects;
}

function pageOf(subjects: ReturnType<typeof shownIn>): string {
  const all = [...subjects.values()].flatMap((behaviours) => [...behaviours.values()]);
  const count = (broker: string): number => all.filter((shown) => shown.has(broker)).length;
  const lines = [
    '# What FakeKafka does as Apache Kafka does',
    '',
    'Each sentence is the name of a test in `test/broker/behaviours`, that is run against both: Apache Kafka 4.1 through kafkajs 2.2.4, and `FakeKafka`.',
    'This page is made from the results by `npm run behaviours`, and the build fails if they differ.',
    '',
    `${all.length} behaviours: Apache Kafka shows ${count(real)} of them, FakeKafka ${count(fake)}.`,
  ];
  for (const [subject, behaviours] of subjects) {
    lines.push('', `## ${subject.charAt(0).toUpperCase()}${subject.slice(1)}`, '', '| | Apache Kafka | FakeKafka |', '|---|---|---|');
    for (const [title, shown] of behaviours) {
      const cells = [real, fake].map((broker) => (shown.has(broker) ? 'yes' : '–'));
      lines.push(`| ${title.replaceAll('|', '\\|')} | ${cells.join(' | ')} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean', default: false } } });
const report = JSON.parse(await readFile(positionals[0] ?? '', 'utf8')) as Report;
const text = pageOf(shownIn(report));
if (values.write) await writeFile(page, text);
else if (text !== (await readFile(page, 'utf8').catch(() => ''))) {
  console.error(`${page} does not say what the tests have shown: npm run behaviours mends it`);
  process.exitCode = 1;
}
