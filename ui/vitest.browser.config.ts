import { defineConfig } from "vitest/config";

/** Drives Chromium against a running Triptych at TRIPTYCH_URL; one file at a time, since they share the stack. */
export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/browser/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
