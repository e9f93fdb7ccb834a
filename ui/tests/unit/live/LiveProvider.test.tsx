import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http, ws } from "msw";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Job } from "@/api/types";
import { ConnectionNote } from "@/live/ConnectionNote";
import { ConnectionStatus } from "@/live/ConnectionStatus";
import { LiveProvider } from "@/live/LiveProvider";
import { StudioRoute } from "@/routes/StudioRoute";
import { server } from "../../setup";
import { aJob, anEvent } from "../examples";
import { show } from "../render";

const socket = ws.link("ws://localhost:8000/api/v1/socket");
const A_MINUTE_MS = 60_000;
const WITHIN = { timeout: 20_000 };

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

/** The studio before a server that holds these jobs and greets with `greeting`. */
function open(greeting: object, ...jobs: Job[]) {
  let tell = (_message: object) => {};
  let listed = 0;
  const held = new Map(jobs.map((job) => [job.id, job]));
  server.use(
    socket.addEventListener("connection", ({ client }) => {
      tell = (message) => client.send(JSON.stringify(message));
      tell(greeting);
    }),
    http.get("*/api/v1/jobs", () => {
      listed += 1;
      return HttpResponse.json({ items: [...held.values()].reverse(), next: null });
    }),
    http.get("*/api/v1/jobs/:id", ({ params }) => HttpResponse.json(held.get(String(params.id)))),
    http.post("*/api/v1/jobs", () => {
      held.set("job-9", aJob({ id: "job-9" }));
      return HttpResponse.json(held.get("job-9"), { status: 202 });
    }),
  );
  show(
    <LiveProvider>
      <ConnectionStatus />
      <ConnectionNote />
      <StudioRoute />
    </LiveProvider>,
  );
  return { tell: (message: object) => tell(message), held, listed: () => listed };
}
const hello = { type: "hello", id: "5" };
const resync = (id: string) => ({ type: "resync", id });
const done = (id: string) => aJob({ id, state: "succeeded", finished_at: "2026-11-22T10:00:09.000Z" });
const jobs = async () => {
  const region = await screen.findByRole("region", { name: "Jobs" });
  return within(await within(region).findByRole("list"));
};

describe("while Redis is away", () => {
  test("the page says that it catches up, takes a job and shows it", async () => {
    open(resync(""));
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    expect(await screen.findByText("Catching up")).toBeInTheDocument();

    await user.click(screen.getByRole("tab", { name: /^Text/ }));
    await user.click(screen.getByLabelText("Text to work on"));
    await user.paste("Some words.");
    await user.click(await screen.findByRole("button", { name: /^Run/ }));

    expect(await screen.findByText("The job is accepted.")).toBeInTheDocument();
    expect((await jobs()).getByRole("link", { name: "mill.txt" })).toHaveAttribute("href", "/jobs/job-9");
    await vi.advanceTimersByTimeAsync(5000);
    expect(screen.getByRole("status", { name: "Live news" })).toHaveTextContent(/Jobs are accepted, and none is lost/);
  });

  test("what is shown is asked for now and again, and no longer once events are back", async () => {
    const { tell, listed } = open(resync(""), done("job-1"));
    await screen.findByRole("link", { name: "mill.txt" });

    await vi.advanceTimersByTimeAsync(A_MINUTE_MS);
    const asked = listed();
    tell(resync("40"));
    await expect.poll(() => screen.queryByText("Live"), WITHIN).toBeInTheDocument();
    const whenLive = listed();
    await vi.advanceTimersByTimeAsync(A_MINUTE_MS);

    expect(asked).toBeGreaterThanOrEqual(6);
    expect(listed()).toBe(whenLive);
    expect(screen.getByRole("status", { name: "Live news" })).toBeEmptyDOMElement();
  });
});

describe("while events come", () => {
  test("a job whose last event was lost does not run for ever", async () => {
    const { held } = open(hello, aJob({ state: "running" }));
    await (await jobs()).findByText("Running");
    held.set("job-1", done("job-1"));

    await vi.advanceTimersByTimeAsync(A_MINUTE_MS);

    expect(await (await jobs()).findByText("Done")).toBeInTheDocument();
  });

  test("one of a job that the page does not know brings the job", async () => {
    const { held, tell } = open(hello, done("job-0"));
    await (await jobs()).findByText("Done");
    held.set("job-1", aJob({ state: "running", attempt: 1 }));

    tell({ ...anEvent("job.started", { attempt: 1, worker: "cpu@host" }), id: "6" });

    expect(await (await jobs()).findByText("Running")).toBeInTheDocument();
  });

  test("the ends of many jobs are told in one sentence", async () => {
    const { tell } = open(hello, done("job-0"));
    await (await jobs()).findByText("Done");

    for (const state of ["succeeded", "cancelled", "cancelled"] as const)
      tell({ ...anEvent("job.finished", { state, error: null, warnings: [], cached: false, attempt: 1 }), id: "6" });

    expect(await screen.findByText("3 jobs ended: 1 done, 2 cancelled.")).toBeInTheDocument();
  });

  test("the end of a reply is told once, and not those of the jobs that it asked for", async () => {
    const { tell } = open(hello, done("job-0"));
    await (await jobs()).findByText("Done");
    const end = anEvent("job.finished", {
      state: "succeeded",
      error: null,
      warnings: [],
      cached: false,
      attempt: 1,
    });

    tell({ ...end, id: "6", job_id: "job-8", parent_id: "job-9" });
    tell({ ...end, id: "7", job_id: "job-9", pipeline: "chat.reply" });

    expect(await screen.findByText("The reply: done.")).toBeInTheDocument();
  });
});
