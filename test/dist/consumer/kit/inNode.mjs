export { expect } from 'expect';
export { test } from 'node:test';
