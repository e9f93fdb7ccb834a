import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { JobState } from "@/api/types";
import { StudioRoute } from "@/routes/StudioRoute";
import { server } from "../../setup";
import { problem } from "../api";
import { aJob } from "../examples";
import { show } from "../render";

/** The list filtered by a state that so many jobs are in; the API changes them a thousand at a time, in their order. */
function listed(state: JobState, jobs: number) {
  const asked: [string, unknown][] = [];
  let left = jobs;
  server.use(
    http.get("*/api/v1/stats", () => HttpResponse.json({ states: { [state]: left }, items: [] })),
    http.get("*/api/v1/jobs", () => HttpResponse.json({ items: left ? [aJob({ state })] : [], next: null })),
    http.get("*/api/v1/jobs/:id", () => HttpResponse.json(aJob({ state }))),
    http.post("*/api/v1/jobs/:action", async ({ params, request }) => {
      asked.push([String(params.action), await request.json()]);
      const changed = Math.min(left, 1000);
      left -= changed;
      return HttpResponse.json({ jobs: changed, more: left > 0, next: left ? `${left} left` : null });
    }),
  );
  show(<StudioRoute />, { path: `/?state=${state}` });
  return asked;
}
const button = (name: string) => screen.findByRole("button", { name });

test("a few failed jobs are retried at once, and how many is told", async () => {
  const asked = listed("failed", 3);

  await userEvent.click(await button("Retry all"));

  expect(await screen.findAllByText("3 jobs queued again.")).toHaveLength(2); // one is for the screen reader
  expect(asked).toEqual([["retry", { states: ["failed"], cursor: null }]]);
  expect(screen.queryByRole("button", { name: "Retry all" })).not.toBeInTheDocument();
  expect(screen.getByRole("heading", { name: "Jobs" })).toHaveFocus();
});

test("many are asked about first, and then retried until there are no more", async () => {
  const asked = listed("cancelled", 2500);
  await userEvent.click(await button("Retry all"));
  const question = await screen.findByRole("group", { name: "Retry all?" });
  const before = [question.textContent, asked.length];

  await userEvent.click(await button("Retry all"));

  expect(await screen.findAllByText("2,500 jobs queued again.")).toHaveLength(2);
  expect(before).toEqual([expect.stringContaining("Retry 2,500 cancelled jobs?"), 0]);
  expect(asked).toEqual([
    ["retry", { states: ["cancelled"], cursor: null }],
    ["retry", { states: ["cancelled"], cursor: "1500 left" }],
    ["retry", { states: ["cancelled"], cursor: "500 left" }],
  ]);
});

test("jobs that fail again as fast as they are retried are retried once", async () => {
  const failed = Array.from({ length: 1100 }, (_, number) => String(number).padStart(4, "0"));
  const retried: string[] = [];
  listed("failed", failed.length);
  server.use(
    http.post("*/api/v1/jobs/retry", async ({ request }) => {
      const { cursor } = (await request.json()) as { cursor: string | null };
      const behind = failed.filter((id) => id > (cursor ?? ""));
      const page = behind.slice(0, 1000);
      retried.push(...page);
      const next = behind.length > page.length ? page.at(-1) : null;
      return HttpResponse.json({ jobs: page.length, more: next !== null, next });
    }),
  );
  await userEvent.click(await button("Retry all"));
  await screen.findByText("Retry 1,100 failed jobs?");

  await userEvent.click(await button("Retry all"));

  expect(await screen.findAllByText("1,100 jobs queued again.")).toHaveLength(2);
  expect(retried).toEqual(failed);
});

test("a round in which others were faster is not the last one", async () => {
  listed("failed", 12);
  server.use(
    http.post("*/api/v1/jobs/retry", () => HttpResponse.json({ jobs: 0, more: true, next: "behind" }), { once: true }),
  );
  await userEvent.click(await button("Retry all"));
  await screen.findByText("Retry 12 failed jobs?");

  await userEvent.click(await button("Retry all"));

  expect(await screen.findAllByText("12 jobs queued again.")).toHaveLength(2);
});

test("jobs are cancelled to the last one, however many rounds that takes", async () => {
  const asked = listed("queued", 20_500);
  await userEvent.click(await button("Cancel all"));
  await screen.findByText("Cancel 20,500 queued jobs?");

  await userEvent.click(await button("Cancel all"));

  expect(await screen.findAllByText("20,500 jobs cancelled.")).toHaveLength(2);
  expect(asked).toHaveLength(21);
});

test("many that are asked about can be left alone, by the keyboard", async () => {
  const asked = listed("queued", 12);
  await userEvent.click(await button("Cancel all"));
  await screen.findByText("Cancel 12 queued jobs?");

  await userEvent.keyboard("{Tab}{Enter}");

  expect(await button("Cancel all")).toHaveFocus();
  expect(asked).toEqual([]);
});

test("running jobs are cancelled", async () => {
  const asked = listed("running", 2);

  await userEvent.click(await button("Cancel all"));

  expect(await screen.findAllByText("2 jobs cancelled.")).toHaveLength(2);
  expect(asked).toEqual([["cancel", { states: ["running"], cursor: null }]]);
});

test("what stops half-way says how far it got", async () => {
  listed("failed", 1500);
  const away = () => problem(503, { code: "database_away", detail: "The database is away." });
  await userEvent.click(await button("Retry all"));
  await screen.findByText("Retry 1,500 failed jobs?");
  server.use(
    http.post("*/api/v1/jobs/retry", () => HttpResponse.json({ jobs: 1000, more: true, next: "on" }), {
      once: true,
    }),
    http.post("*/api/v1/jobs/retry", away),
  );

  await userEvent.click(await button("Retry all"));

  expect(await screen.findByRole("alert")).toHaveTextContent("Stopped: 1,000 jobs queued again. The database is away.");
});

test("a quota that lets no more wait says so behind what was retried", async () => {
  listed("failed", 300);
  const detail = "200 of your jobs may wait at a time, and 200 do: wait until some are done";
  await userEvent.click(await button("Retry all"));
  await screen.findByText("Retry 300 failed jobs?");
  server.use(
    http.post("*/api/v1/jobs/retry", () => HttpResponse.json({ jobs: 200, more: true, next: "on" }), { once: true }),
    http.post("*/api/v1/jobs/retry", () => problem(429, { code: "quota_exceeded", detail })),
  );

  await userEvent.click(await button("Retry all"));

  expect(await screen.findByRole("alert")).toHaveTextContent(
    "Stopped: 200 jobs queued again. 200 of your jobs may wait at a time, and 200 do: wait until some are done",
  );
});

test("nothing is offered for jobs that are done", async () => {
  listed("succeeded", 3);

  await button("Run again: mill.txt");

  expect(screen.queryByRole("button", { name: / all$/ })).not.toBeInTheDocument();
});
