import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { Job } from "@/api/types";
import { JobRoute } from "@/routes/JobRoute";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

function showJobs(...jobs: Job[]) {
  server.use(
    http.get("*/api/v1/jobs/:id", ({ params }) => HttpResponse.json(jobs.find(({ id }) => id === params.id))),
    http.get("*/api/v1/jobs/:id/parts", () => HttpResponse.json({ items: [], next: null })),
  );
  show(<JobRoute />, { path: "/jobs/job-1", route: "/jobs/:id" });
}
const cached = aJob({
  state: "succeeded",
  cached: true,
  params: { sentences: 3 },
  time_limit_s: 60,
  finished_at: "2026-11-22T10:00:09.000Z",
});

test("a kept result says where it is from, and the same is done anew as a new job", async () => {
  const asked: unknown[] = [];
  server.use(
    http.post("*/api/v1/jobs", async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json(aJob({ id: "job-2" }), { status: 202 });
    }),
  );
  showJobs(cached, aJob({ id: "job-2", position: 4 }));
  const words = await screen.findByText(/The same work was done before/);

  await userEvent.click(screen.getByRole("button", { name: "Do it anew" }));

  expect(await screen.findByText("Number 4 in the queue")).toBeInTheDocument();
  expect(words).not.toBeInTheDocument();
  const same = { pipeline: "text.summarize", params: { sentences: 3 }, priority: "interactive", time_limit_s: 60 };
  expect(asked).toEqual([{ ...same, files: ["file-1"], fresh: true }]);
});

test("a result that was made for the job itself says nothing of that", async () => {
  showJobs({ ...cached, cached: false });

  await screen.findByText("This job gave nothing to show.");

  expect(screen.queryByRole("button", { name: "Do it anew" })).not.toBeInTheDocument();
});
