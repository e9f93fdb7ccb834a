import { ws } from "msw";
import { afterEach, expect, test } from "vitest";
import { type LiveSocket, openLiveSocket } from "@/composer/liveSocket";
import { server } from "../../setup";
import { anEvent } from "../examples";

const WITHIN = { timeout: 20_000 };
const link = ws.link("ws://localhost:8000/api/v1/listen");
let live: LiveSocket;
afterEach(() => live.close());

/** Speak to a server that answers as `serve` says; `sent` is what each of its connections was sent. */
function speak(serve: (message: string | number[], say: (answer: object) => void, connection: number) => void) {
  const heard: string[] = [];
  const sent: (object | number[])[][] = [];
  let hangUp = () => {};
  server.use(
    link.addEventListener("connection", ({ client }) => {
      const connection = sent.push([]) - 1;
      hangUp = () => client.close(1012, "as the test wants it");
      client.addEventListener("message", async ({ data }) => {
        const place = (sent[connection] ?? []).push([]) - 1; // before the bytes are there, which may take longer
        const message = typeof data === "string" ? data : await bytesOf(data);
        sent[connection]?.splice(place, 1, typeof message === "string" ? JSON.parse(message) : message);
        serve(message, (answer) => client.send(JSON.stringify(answer)), connection);
      });
    }),
  );
  live = openLiveSocket({ size: "tiny" }, "talk", {
    onStarted: (jobId) => heard.push(`started ${jobId}`),
    onEvent: (event) => heard.push(event.type),
    onConnection: (isUp) => heard.push(isUp ? "up" : "down"),
    onKept: (jobId) => heard.push(`kept ${jobId}`),
    onLost: (problem) => heard.push(`lost ${problem.code}`),
  });
  return { heard, sent, hangUp: () => hangUp() };
}
const bytesOf = async (data: unknown) => [...new Uint8Array(await new Response(data as Blob).arrayBuffer())];
const started = (received_bytes = 0) => ({ type: "started", job_id: "job-1", file_id: "file-1", received_bytes });
const asks = (message: string | number[], type: string) =>
  typeof message === "string" && JSON.parse(message).type === type;
const samples = (...values: number[]) => Int16Array.from(values);

test("what is said is sent once the recording has begun, and kept when it is stopped", async () => {
  const { heard, sent } = speak((message, say) => {
    if (asks(message, "start")) say(started());
    if (asks(message, "stop")) say({ type: "kept", file_id: "file-1", received_bytes: 4, reason: "stopped" });
  });
  live.send(samples(1)); // before the server is there
  await expect.poll(() => heard, WITHIN).toContain("up");

  live.send(samples(258));
  live.stop();

  await expect.poll(() => heard, WITHIN).toEqual(["started job-1", "up", "kept job-1"]);
  await expect
    .poll(() => sent, WITHIN)
    .toEqual([[{ type: "start", name: "talk", params: { size: "tiny" } }, [1, 0], [2, 1], { type: "stop" }]]);
});

test("a recording whose connection broke goes on where the server stands, and nothing said meanwhile is missing", async () => {
  const { heard, sent, hangUp } = speak((message, say, connection) => {
    if (asks(message, "start")) {
      say(started());
      say({ ...anEvent("job.partial", { kind: "segment", body: { text: "three" }, attempt: 1 }), id: "7-0" });
    }
    if (asks(message, "resume")) say(started(2));
    if (connection === 0 && typeof message !== "string") say({ type: "received", received_bytes: 2 });
  });
  await expect.poll(() => heard, WITHIN).toContain("job.partial");
  live.send(samples(1));
  await expect.poll(() => sent[0]?.length, WITHIN).toBe(2);

  hangUp();
  await expect.poll(() => heard, WITHIN).toContain("down");
  live.send(samples(2));

  await expect.poll(() => sent[1]?.length, WITHIN).toBe(2);
  await expect.poll(() => sent[1], WITHIN).toEqual([{ type: "resume", job_id: "job-1", after: "7-0" }, [2, 0]]);
});

test("a recording that the server refuses is lost, and says why", async () => {
  const { heard } = speak((_, say) =>
    say({ type: "refused", problem: { code: "quota_exceeded", detail: "No.", status: 429 } }),
  );

  await expect.poll(() => heard, WITHIN).toEqual(["lost quota_exceeded"]);
});

test("a server that can take nothing for a moment is asked again", async () => {
  const { heard, sent, hangUp } = speak((message, say, connection) => {
    if (connection === 0) say({ type: "refused", problem: { code: "database_away", detail: "", status: 503 } });
    else if (asks(message, "start")) say(started());
  });
  await expect.poll(() => sent[0]?.length, WITHIN).toBe(1);

  hangUp();

  await expect.poll(() => heard, WITHIN).toEqual(["down", "started job-1", "up"]);
});

test("a stop whose answer was lost with the connection was heard", async () => {
  const { heard, hangUp } = speak((message, say) => {
    if (asks(message, "start")) say(started());
    if (asks(message, "resume"))
      say({ type: "refused", problem: { code: "recording_ended", detail: "", status: 409 } });
  });
  await expect.poll(() => heard, WITHIN).toContain("up");

  live.stop();
  hangUp();

  await expect.poll(() => heard, WITHIN).toContain("kept job-1");
});
