// countTests.mjs REPORT FAILURES: prints `passed failed skipped` of a report in vitest's JSON, and writes what failed into the file FAILURES.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

const [report, failures] = process.argv.slice(2);
const files = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];
const tests = files.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: file.name })));
// A file that could not even be loaded has failed without a failed test.
const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
const failed = tests.filter((test) => test.status === 'failed');

const told = [
  ...broken.map((file) => `${relative('.', file.name)}\n${file.message}\n`),
  ...failed.map((test) => `${relative('.', test.file)} > ${test.fullName}\n${test.failureMessages.join('\n')}\n`),
];
writeFileSync(failures, told.join('\n'));

const passed = tests.filter((test) => test.status === 'passed').length;
console.log(passed, failed.length + broken.length, tests.length - passed - failed.length);
