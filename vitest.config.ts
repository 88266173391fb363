import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Vite's own module runner would load a second copy of graphql ("another module or realm").
    experimental: { viteModuleRunner: false },
    globalSetup: ['test/support/built-desk.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
