/** A link whose source was deleted: its page says so, once, and shows the way on. */
import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { Route, Routes } from "react-router";
import { beforeEach, expect, test } from "vitest";
import { applyEvent } from "@/live/apply";
import { FileRoute } from "@/routes/FileRoute";
import { JobRoute } from "@/routes/JobRoute";
import { MemoryPlaceRoute } from "@/routes/MemoryPlaceRoute";
import { MemoryRoute } from "@/routes/MemoryRoute";
import { MemorySourceRoute } from "@/routes/MemorySourceRoute";
import { server } from "../setup";
import { problem } from "./api";
import { aJob } from "./examples";
import { memoryApi } from "./memory/remembered";
import { show } from "./render";

let asked: string[] = [];

beforeEach(() => {
  asked = [];
  server.use(
    ...["jobs/job-1", "files/file-1", "memory/m-1", "memory/sources/s-1"].map((path) =>
      http.get(`*/api/v1/${path}`, () => {
        asked.push(path);
        return problem(404, { code: "not_found", detail: "There is none." });
      }),
    ),
    ...memoryApi(),
  );
});

const open = (path: string, state?: { named: string }) =>
  show(
    <Routes>
      <Route path="jobs/:id" element={<JobRoute />} />
      <Route path="files/:id" element={<FileRoute />} />
      <Route path="memory" element={<MemoryRoute />}>
        <Route path="sources/:id" element={<MemorySourceRoute />} />
        <Route path=":id" element={<MemoryPlaceRoute />} />
      </Route>
    </Routes>,
    { path, state },
  );

test.each([
  ["/jobs/job-1?t=12.5", "job"],
  ["/files/file-1?page=3&from=5&to=9", "file"],
  ["/memory/m-1", "memory"],
  ["/memory/sources/s-1", "source"],
])("%s says that it is not there, asks once, and offers no second try", async (path, what) => {
  open(path);

  expect(await screen.findByRole("heading", { name: `There is no such ${what}` })).toBeInTheDocument();
  expect(screen.getByText(/It was deleted, or the address is mistyped/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Search the memory" })).toHaveAttribute("href", "/memory");
  expect(asked).toHaveLength(1);
});

test("what the link was about is named", async () => {
  open("/files/file-1", { named: "report.pdf" });

  expect(await screen.findByRole("heading", { name: "report.pdf is no longer here" })).toBeInTheDocument();
});

test("a job that is deleted while it is looked at is named, with when that was", async () => {
  server.use(
    http.get("*/api/v1/jobs/job-1", () => HttpResponse.json(aJob({ state: "failed" })), { once: true }),
    http.get("*/api/v1/jobs/job-1/parts", () => HttpResponse.json({ items: [], next: null })),
  );
  const { client } = open("/jobs/job-1");
  await screen.findByRole("heading", { name: "mill.txt" });
  const event = { id: "9-0", type: "job.deleted", job_id: "job-1", pipeline: "text.summarize", data: {} } as const;

  applyEvent(client, { ...event, at: "2026-11-22T10:00:00.000Z" });

  expect(await screen.findByRole("heading", { name: "mill.txt is no longer here" })).toBeInTheDocument();
  expect(screen.getByText(/The job was deleted, .*2026/)).toBeInTheDocument();
});
