import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { Job } from "@/api/types";
import { JobRoute } from "@/routes/JobRoute";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

const parent = aJob({
  pipeline: "fusion.describe",
  children: { total: 2, finished: 1 },
  progress: { fraction: 0.5, note: "waiting for 1 job" },
  not_before: "2026-11-22T10:00:30.000Z",
});
const children = [
  aJob({ id: "child-2", parent_id: "job-1", pipeline: "audio.transcribe", state: "running" }),
  aJob({
    id: "child-1",
    parent_id: "job-1",
    state: "failed",
    error: { code: "bad_media", message: "The picture is broken." },
  }),
];

function showJob(job: Job) {
  server.use(
    http.get("*/api/v1/jobs/:id", () => HttpResponse.json(job)),
    http.get("*/api/v1/jobs/:id/parts", () => HttpResponse.json({ items: [], next: null })),
    http.get("*/api/v1/jobs", ({ request }) => {
      const isAskedFor = new URL(request.url).searchParams.get("parent") === "job-1";
      return HttpResponse.json({ items: isAskedFor ? children : [], next: null });
    }),
  );
  show(<JobRoute />, { path: "/jobs/job-1", route: "/jobs/:id" });
}

test("a job shows those that it asked for, how each stands, and how many are finished", async () => {
  showJob(parent);

  const shown = await screen.findByRole("region", { name: "Done by other jobs" });
  expect(within(shown).getByText("1 of 2 finished")).toBeInTheDocument();
  const [first, second] = within(shown).getAllByRole("listitem");
  expect(first).toHaveTextContent("Summarize text: mill.txtFailedThe picture is broken.");
  expect(second).toHaveTextContent("Transcribe speech: mill.txtRunning");
  expect(within(first as HTMLElement).getByRole("link")).toHaveAttribute("href", "/jobs/child-1");
});

test("a job that waits for others says so, and no time at which it tries again", async () => {
  showJob(parent);

  expect(await screen.findByText("waiting for 1 job")).toBeInTheDocument();
  expect(screen.getByRole("progressbar", { name: "Progress of mill.txt" })).toBeInTheDocument();
  expect(screen.queryByText(/Tries again/)).not.toBeInTheDocument();
});

test("a job that another asked for leads to that", async () => {
  showJob(aJob({ parent_id: "job-9" }));

  expect(await screen.findByRole("link", { name: "Asked for by another job" })).toHaveAttribute("href", "/jobs/job-9");
  expect(screen.queryByRole("region", { name: "Done by other jobs" })).not.toBeInTheDocument();
});
