import { defineConfig } from "vitest/config";

/**
 * Drives Chromium against a running Triptych at TRIPTYCH_URL; one file at a time, since they share the stack.
 * TRIPTYCH_TESTS: of `browser`, where one is in, or of `house`, where people sign in.
 */
export default defineConfig({
  test: {
    environment: "node",
    include: [`tests/${process.env.TRIPTYCH_TESTS ?? "browser"}/**/*.test.ts`],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
