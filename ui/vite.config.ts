import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const API = process.env.TRIPTYCH_URL ?? "http://localhost:8000";
const SERVED_BY_THE_API = ["/api", "/docs", "/openapi.json", "/openapi", "/health"];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 3000,
    strictPort: true,
    // The API checks Host and Origin, so the proxy speaks as a same-origin page would.
    proxy: Object.fromEntries(
      SERVED_BY_THE_API.map((path) => [
        path,
        { target: API, changeOrigin: true, ws: path === "/api", headers: { origin: API } },
      ]),
    ),
  },
  // Nothing inlined as data: the page's content security policy allows 'self' only.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost:8000/" } },
    include: ["tests/unit/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    testTimeout: 60_000, // a busy machine is no failure
    pool: "threads", // a process for each file takes a fifth longer
    maxWorkers: "100%", // the default leaves a processor idle, which of two is half
  },
});
