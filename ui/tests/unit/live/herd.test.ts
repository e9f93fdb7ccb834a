import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openStream } from "@/live/socket";

const PAGES = 1000;
const UP_MS = 6000;
const DOWN_MS = 5000;
const STEP_MS = 100;

let comings: number[];

/** A server that takes each page once and then is gone. */
class RestartingServer extends EventTarget {
  readyState = 0;

  constructor() {
    super();
    comings.push(Date.now());
    const isFirst = comings.length <= PAGES;
    if (isFirst) setTimeout(() => this.dispatchEvent(new Event("open")), 1);
    setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1012 })), isFirst ? UP_MS : 1);
  }
  close() {}
}

beforeEach(() => {
  comings = [];
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal("WebSocket", RestartingServer);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Numbers in 0..1 that look random and are the same each time. */
function numbers(): () => number {
  let last = 7;
  return () => {
    last = (last * 48271) % 2147483647;
    return last / 2147483647;
  };
}

test("a thousand pages do not come back to a restarted server at the same moment", async () => {
  const listener = { onEvent: () => {}, onGap: async () => {}, onConnection: () => {}, onDismissed: () => {} };
  const random = numbers();
  const streams = Array.from({ length: PAGES }, () => openStream(listener, random));

  await vi.advanceTimersByTimeAsync(UP_MS + DOWN_MS);
  for (const close of streams) close();

  const back = comings.slice(PAGES).map((at) => Math.floor((at - UP_MS) / STEP_MS));
  const tallies = back.reduce<number[]>(
    (sum, step) => sum.with(step, (sum[step] ?? 0) + 1),
    Array(DOWN_MS / STEP_MS + 1).fill(0),
  );
  expect(tallies.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(back.length).toBeGreaterThan(PAGES);
  expect(Math.max(...tallies)).toBeLessThan(PAGES / 10);
});
