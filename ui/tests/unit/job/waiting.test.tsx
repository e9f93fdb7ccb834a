import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, test } from "vitest";
import type { Attempt, Job, Pause } from "@/api/types";
import { JobRoute } from "@/routes/JobRoute";
import { StudioRoute } from "@/routes/StudioRoute";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

function serve(job: Job, attempts: Attempt[] = [], paused: Pause[] = []) {
  server.use(
    http.get("*/api/v1/lanes", () => HttpResponse.json({ items: [{ lane: "net", queued: 1, running: 0, paused }] })),
    http.get("*/api/v1/jobs", () => HttpResponse.json({ items: [job], next: null })),
    http.get("*/api/v1/jobs/:id", () => HttpResponse.json(job)),
    http.get("*/api/v1/jobs/:id/parts", () => HttpResponse.json({ items: [], next: null })),
    http.get("*/api/v1/jobs/:id/attempts", () => HttpResponse.json({ items: attempts })),
  );
}
const showJob = () => show(<JobRoute />, { path: "/jobs/job-1", route: "/jobs/:id" });
const inAMinute = () => new Date(Date.now() + 60_000).toISOString();

function anAttempt(part: Partial<Attempt> = {}): Attempt {
  const started_at = "2026-11-22T10:00:05.000Z";
  return { attempt: 1, worker: "cpu@host", started_at, ended_at: "2026-11-22T10:00:09.000Z", error: null, ...part };
}
const died = { code: "worker_died", message: "Its worker was killed." };

describe("a job that is tried again after a failure", () => {
  const error = { code: "transient_failure", message: "The network was down." };

  test("says when, and why", async () => {
    serve(aJob({ attempt: 1, not_before: inAMinute() }), [anAttempt({ error })]);

    showJob();

    expect(await screen.findByText(/^Tries again at .*, in \d\d s$/)).toBeInTheDocument();
    const reason = await screen.findByRole("region", { name: "Last attempt" });
    expect(reason).toHaveTextContent("Attempt 1 did not get to its end: The network was down.");
    expect(reason).toHaveTextContent("there is nothing to do");
  });

  test("says when in the list too", async () => {
    serve(aJob({ attempt: 1, not_before: inAMinute() }));

    show(<StudioRoute />);

    expect(await screen.findByText(/^Tries again at .*, in \d\d s$/)).toBeInTheDocument();
  });

  test("counts down no further than to any moment", async () => {
    serve(aJob({ attempt: 1, not_before: "2026-11-22T10:00:05.000Z" }));

    show(<StudioRoute />);

    expect(await screen.findByText("Tries again any moment")).toBeInTheDocument();
  });
});

describe("a queued job whose pipeline is paused", () => {
  const pause = { pipeline: "text.summarize", until: inAMinute(), reason: "translate.example does not answer" };

  test("says that it waits for a server, for which reason, and when that is asked again", async () => {
    serve(aJob({ position: 1 }), [], [pause]);

    show(<StudioRoute />);

    const words = /^Waits for a server: translate\.example does not answer\. Asks it again at .*, in \d\d s$/;
    expect(await screen.findByText(words)).toBeInTheDocument();
  });

  test("of another pipeline waits for its turn", async () => {
    serve(aJob({ position: 3 }), [], [{ ...pause, pipeline: "audio.speak" }]);

    show(<StudioRoute />);

    expect(await screen.findByText("Number 3 in the queue")).toBeInTheDocument();
  });
});

describe("a job's history", () => {
  test("tells every attempt, the last one first: who ran it, how long, and how it went wrong", async () => {
    const second = anAttempt({ attempt: 2, worker: "cpu@other", ended_at: null });
    serve(aJob({ state: "running", attempt: 2 }), [anAttempt({ error: died }), second]);

    showJob();

    const history = within(await screen.findByRole("region", { name: "Attempts" }));
    const told = history.getAllByRole("listitem").map(({ textContent }) => textContent);
    expect(told).toEqual([
      expect.stringMatching(/^Attempt 2.*, under way, by cpu@other$/),
      expect.stringMatching(/^Attempt 1.*, 4 s, by cpu@hostIts worker was killed\. worker_died$/),
    ]);
  });

  test("is folded behind its last five attempts", async () => {
    const attempts = Array.from({ length: 8 }, (_, index) => anAttempt({ attempt: index + 1, error: died }));
    serve(aJob({ state: "failed", attempt: 8, error: died }), attempts);

    showJob();

    const earlier = await screen.findByText("3 earlier attempts");
    expect(earlier.closest("details")).not.toHaveAttribute("open");
    expect(earlier.closest("details")).toHaveTextContent(/Attempt 3.*Attempt 2.*Attempt 1/);
  });

  test("is left out where one attempt went well", async () => {
    serve(aJob({ state: "succeeded", finished_at: "2026-11-22T10:00:09.000Z" }), [anAttempt()]);

    showJob();

    await screen.findByText("This job gave nothing to show.");
    expect(screen.queryByRole("region", { name: "Attempts" })).not.toBeInTheDocument();
  });
});
