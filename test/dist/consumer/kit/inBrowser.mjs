import { JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';
import * as chai from 'chai';

// What a test file imports from a test runner, for a page without one; `results` resolves when all tests have run.

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const { expect } = chai;

const tests = [];

export function test(name, body) {
  tests.push({ name, body });
}

async function runAll() {
  const told = [];
  for (const { name, body } of tests) {
    try {
      await body();
      told.push(`passed: ${name}`);
    } catch (error) {
      told.push(`failed: ${name}: ${error.stack}`);
    }
  }
  return told;
}

window.results = new Promise((resolve) => window.addEventListener('load', () => resolve(runAll())));
