import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'dist',
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/dist/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
