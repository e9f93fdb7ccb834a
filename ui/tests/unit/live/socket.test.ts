import { ws } from "msw";
import { afterEach, expect, test, vi } from "vitest";
import type { JobEvent } from "@/api/events";
import { openStream } from "@/live/socket";
import { server } from "../../setup";
import { anEvent } from "../examples";

const WITHIN = { timeout: 20_000 };
const socket = ws.link("ws://localhost:8000/api/v1/socket");
const NOT_LATE = () => 0; // the least of every wait
let close: () => void;
afterEach(() => close());

/** Open a stream to a server that says these messages at each connection. */
function connect(...connections: object[][]) {
  const heard: string[] = [];
  const asked: (string | null)[] = [];
  let hangUp = (_code: number) => {};
  let tell = (_message: object) => {};
  server.use(
    socket.addEventListener("connection", ({ client }) => {
      hangUp = (code) => client.close(code, "as the test wants it");
      tell = (message) => client.send(JSON.stringify(message));
      asked.push(client.url.searchParams.get("after"));
      for (const message of connections[asked.length - 1] ?? []) tell(message);
    }),
  );
  close = openStream(
    {
      onEvent: (event: JobEvent) => heard.push(event.id),
      onGap: async () => heard.push("gap"),
      onConnection: (connection) => heard.push(connection),
      onDismissed: () => heard.push("dismissed"),
    },
    NOT_LATE,
  );
  return { heard, asked, hangUp: (code = 1012) => hangUp(code), tell: (message: object) => tell(message) };
}
const event = (id: string) => ({ ...anEvent("job.progress", { fraction: null, note: "", attempt: 1 }), id });
const hello = (id: string) => ({ type: "hello", id });
const resync = (id: string) => ({ type: "resync", id });

test("a lost stream goes on after the last event that was seen", async () => {
  const { heard, asked, hangUp } = connect([hello("5"), event("6")], [hello("9"), event("7"), event("8")]);
  await expect.poll(() => heard, WITHIN).toContain("6");

  hangUp();

  await expect.poll(() => heard, WITHIN).toContain("8");
  expect(asked).toEqual([null, "6"]);
  expect(heard.filter((said) => /^\d+$/.test(said))).toEqual(["6", "7", "8"]);
  expect(heard.filter((said) => said === "gap")).toHaveLength(1);
  expect(heard).toContain("reconnecting");
});

test("where events were lost, everything shown is fetched again before the stream is called live", async () => {
  const { heard, asked, hangUp } = connect([hello("5"), event("6")], [resync("40"), event("41")]);
  await expect.poll(() => heard, WITHIN).toContain("6");
  heard.length = 0;

  hangUp();

  await expect.poll(() => heard, WITHIN).toContain("live");
  expect(asked).toEqual([null, "6"]);
  expect(heard.filter((said) => said !== "41")).toEqual(["reconnecting", "catching-up", "gap", "live"]);
});

test("one that was too slow comes again with the last event it saw", async () => {
  const { heard, asked, hangUp } = connect([hello("5"), event("6"), event("7")], [hello("7"), event("8")]);
  await expect.poll(() => heard, WITHIN).toContain("7");

  hangUp(1013);

  await expect.poll(() => heard, WITHIN).toContain("8");
  expect(asked).toEqual([null, "7"]);
  expect(heard.filter((said) => /^\d+$/.test(said))).toEqual(["6", "7", "8"]);
});

test("one whose session is over does not come again", async () => {
  const problem = { status: 401, code: "unauthenticated", title: "Unauthorized", detail: "come in again", errors: [] };
  const { heard, asked, hangUp, tell } = connect([hello("5"), event("6")]);
  await expect.poll(() => heard, WITHIN).toContain("6");
  heard.length = 0;
  vi.useFakeTimers();

  tell({ type: "refused", problem });
  hangUp(4401);

  await vi.waitFor(() => expect(heard).toContain("dismissed"), WITHIN);
  await vi.advanceTimersByTimeAsync(60_000); // longer than any wait before it would come back
  vi.useRealTimers();
  expect(heard).toEqual(["dismissed"]);
  expect(asked).toEqual([null]);
});

test("without Redis the stream is away, and live once there is a place to go on from", async () => {
  const { heard, tell } = connect([resync("")]);
  await expect.poll(() => heard, WITHIN).toEqual(["away", "gap"]);

  tell(resync("40"));

  await expect.poll(() => heard, WITHIN).toContain("live");
  expect(heard).toEqual(["away", "gap", "catching-up", "gap", "live"]);
});

test("Redis that goes away beneath an open stream is told, and asked for when that is lost too", async () => {
  const { heard, asked, hangUp, tell } = connect([hello("5")], [resync("40")]);
  await expect.poll(() => heard, WITHIN).toContain("live");
  heard.length = 0;

  tell(resync(""));
  await expect.poll(() => heard, WITHIN).toEqual(["away", "gap"]);
  hangUp();

  await expect.poll(() => heard, WITHIN).toContain("live");
  expect(asked).toEqual([null, ""]);
  expect(heard.slice(2)).toEqual(["reconnecting", "catching-up", "gap", "live"]);
});

test("a gap that is told while another is caught up with is the one that counts", async () => {
  const { heard, tell } = connect([hello("5")]);
  await expect.poll(() => heard, WITHIN).toContain("live");
  heard.length = 0;

  tell(resync("40"));
  tell(resync(""));

  await expect.poll(() => heard.filter((said) => said === "gap"), WITHIN).toHaveLength(2);
  expect(heard).not.toContain("live");
  expect(heard).toContain("away");
});

test("when the device's network goes or comes the stream is opened anew, since a dead one does not show", async () => {
  const { heard, asked } = connect([hello("5"), event("6")], [hello("6")]);
  await expect.poll(() => heard, WITHIN).toContain("6");

  window.dispatchEvent(new Event("offline"));

  await expect.poll(() => heard.at(-1), WITHIN).toBe("live");
  expect(asked).toEqual([null, "6"]);
});
