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

/** The list filtered by a state that so many jobs are in; the API changes them a thousand at a time. */
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
      return HttpResponse.json({ jobs: changed, more: changed === 1000 });
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
  expect(asked).toEqual([["retry", { states: ["failed"] }]]);
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
  expect(asked).toEqual(Array(3).fill(["retry", { states: ["cancelled"] }]));
});

/** Retry 25,000 failed jobs before an API that answers each round alike; the answer is what it was asked. */
async function retryBefore(answer: { jobs: number; more: boolean }) {
  const asked: unknown[] = [];
  listed("failed", 25_000);
  server.use(
    http.post("*/api/v1/jobs/retry", async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json(answer);
    }),
  );
  await userEvent.click(await button("Retry all"));
  await screen.findByText("Retry 25,000 failed jobs?");
  await userEvent.click(await button("Retry all"));
  return asked;
}

test("jobs that fail again as fast as they are retried are left after twenty rounds", async () => {
  const asked = await retryBefore({ jobs: 1000, more: true });

  expect(await screen.findAllByText("20,000 jobs queued again.")).toHaveLength(2);
  expect(asked).toEqual(Array(20).fill({ states: ["failed"] }));
});

test("a round that retried none is the last one", async () => {
  const asked = await retryBefore({ jobs: 0, more: true });

  expect(await screen.findAllByText("0 jobs queued again.")).toHaveLength(2);
  expect(asked).toEqual([{ states: ["failed"] }]);
});

test("jobs are cancelled to the last one, however many rounds that takes", async () => {
  const asked = listed("queued", 20_500);
  await userEvent.click(await button("Cancel all"));
  await screen.findByText("Cancel 20,500 queued jobs?");

  await userEvent.click(await button("Cancel all"));

  expect(await screen.findAllByText("20,500 jobs cancelled.")).toHaveLength(2);
  expect(asked).toEqual(Array(21).fill(["cancel", { states: ["queued"] }]));
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
  expect(asked).toEqual([["cancel", { states: ["running"] }]]);
});

test("what stops half-way says how far it got", async () => {
  listed("failed", 1500);
  const away = () => problem(503, { code: "database_away", detail: "The database is away." });
  await userEvent.click(await button("Retry all"));
  await screen.findByText("Retry 1,500 failed jobs?");
  server.use(
    http.post("*/api/v1/jobs/retry", () => HttpResponse.json({ jobs: 1000, more: true }), { once: true }),
    http.post("*/api/v1/jobs/retry", away),
  );

  await userEvent.click(await button("Retry all"));

  expect(await screen.findByRole("alert")).toHaveTextContent("Stopped: 1,000 jobs queued again. The database is away.");
});

test("nothing is offered for jobs that are done", async () => {
  listed("succeeded", 3);

  await button("Run again: mill.txt");

  expect(screen.queryByRole("button", { name: / all$/ })).not.toBeInTheDocument();
});
