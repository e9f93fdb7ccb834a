import { ws } from "msw";
import { afterEach, expect, test } from "vitest";
import type { JobEvent } from "@/api/events";
import { openStream } from "@/live/socket";
import { server } from "../../setup";
import { anEvent } from "../examples";

const WITHIN = { timeout: 20_000 };
const socket = ws.link("ws://localhost:8000/api/v1/socket");
let close: () => void;
afterEach(() => close());

/** Open a stream to a server that says these messages at each connection. */
function connect(...connections: object[][]) {
  const heard: string[] = [];
  const asked: (string | null)[] = [];
  let hangUp = () => {};
  server.use(
    socket.addEventListener("connection", ({ client }) => {
      hangUp = () => client.close(1012);
      asked.push(client.url.searchParams.get("after"));
      for (const message of connections[asked.length - 1] ?? []) client.send(JSON.stringify(message));
    }),
  );
  close = openStream({
    onEvent: (event: JobEvent) => heard.push(event.id),
    onGap: async () => heard.push("gap"),
    onConnection: (connection) => heard.push(connection),
  });
  return { heard, asked, hangUp: () => hangUp() };
}
const event = (id: string) => ({ ...anEvent("job.progress", { fraction: null, note: "" }), id });
const hello = (id: string) => ({ type: "hello", id });

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
  const { heard, asked, hangUp } = connect([hello("5"), event("6")], [{ type: "resync", id: "40" }, event("41")]);
  await expect.poll(() => heard, WITHIN).toContain("6");
  heard.length = 0;

  hangUp();

  await expect.poll(() => heard, WITHIN).toContain("live");
  expect(asked).toEqual([null, "6"]);
  expect(heard.filter((said) => said !== "41")).toEqual(["reconnecting", "catching-up", "gap", "live"]);
});
