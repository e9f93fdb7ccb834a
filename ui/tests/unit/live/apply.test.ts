import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, test } from "vitest";
import { jobKeys } from "@/api/jobs";
import { modelsQuery } from "@/api/models";
import type { Job, JobState, Part } from "@/api/types";
import { applyEvent } from "@/live/apply";
import { aJob, anEvent } from "../examples";

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
});

function hold(job: Job, filter: JobState | null = null) {
  client.setQueryData(jobKeys.one(job.id), job);
  client.setQueryData(jobKeys.list(filter), { pages: [{ items: [job], next: null }], pageParams: [null] });
}
const listed = (filter: JobState | null = null) =>
  client.getQueryData<{ pages: { items: Job[] }[] }>(jobKeys.list(filter))?.pages.flatMap((page) => page.items);
const seqs = () => client.getQueryData<Part[]>(jobKeys.parts("job-1", 1))?.map(({ seq }) => seq);
const part = (seq: number): Part => ({ seq, kind: "token", body: { text: `${seq}` } });
const partMade = (seq: number, attempt = 1) => anEvent("job.part", { ...part(seq), attempt });
const output = { name: "a.txt", media_type: "text/plain", size_bytes: 1, url: "/" };
const lost = { code: "x", message: "x" };

describe("a job's life in the cache", () => {
  test("from queued to done, the list and the page tell the same", () => {
    hold(aJob({ attempt: 0 }));
    const told: (string | null | undefined)[] = [];
    const tell = () => told.push(`${listed()?.[0]?.state} ${client.getQueryData<Job>(jobKeys.one("job-1"))?.state}`);

    for (const event of [
      anEvent("job.started", { attempt: 1, worker: "cpu@host" }),
      anEvent("job.progress", { fraction: 0.4, note: "reading", attempt: 1 }),
      anEvent("job.finished", {
        state: "succeeded",
        error: null,
        warnings: ["A lesser engine."],
        cached: false,
        attempt: 1,
      }),
    ]) {
      applyEvent(client, event);
      tell();
    }

    expect(told).toEqual(["running running", "running running", "succeeded succeeded"]);
    expect(listed()?.[0]).toMatchObject({
      progress: { fraction: 0.4 },
      warnings: ["A lesser engine."],
      finished_at: "2026-11-22T10:00:05.000Z",
    });
  });

  test("a new attempt begins without the traces of the last one", () => {
    hold(
      aJob({
        state: "failed",
        error: { code: "x", message: "x" },
        warnings: ["w"],
        finished_at: "2026-11-22T10:00:01Z",
      }),
    );
    client.setQueryData(jobKeys.parts("job-1", 1), [part(1)]);

    applyEvent(client, anEvent("job.queued", { position: 2, eta_s: 4, attempt: 1, not_before: null }));

    expect(listed()?.[0]).toMatchObject({ state: "queued", position: 2, error: null, warnings: [], finished_at: null });
    expect(seqs()).toEqual([]);
  });

  test("queued again after a failure, it says when it is tried again, and asks why", () => {
    const not_before = "2026-11-22T10:00:35.000Z";
    hold(aJob({ state: "running" }));
    client.setQueryData(jobKeys.attempts("job-1"), []);

    const complete = applyEvent(client, anEvent("job.queued", { position: null, eta_s: null, attempt: 1, not_before }));

    expect(complete).toBe(true);
    expect(listed()?.[0]).toMatchObject({ state: "queued", not_before });
    expect(client.getQueryData<Job>(jobKeys.one("job-1"))?.not_before).toBe(not_before);
    expect(client.getQueryState(jobKeys.attempts("job-1"))?.isInvalidated).toBe(true);
  });

  test("what is told of a run is kept as the API tells it", () => {
    hold(aJob({ state: "running" }));

    applyEvent(client, anEvent("job.progress", { fraction: 0.4, note: "reading", attempt: 1 }));
    applyEvent(client, anEvent("job.output", { ...output, attempt: 1 }));

    expect(listed()?.[0]?.progress).toEqual({ fraction: 0.4, note: "reading" });
    expect(listed()?.[0]?.outputs).toEqual([output]);
  });

  test("a deleted job leaves the list", () => {
    hold(aJob({ state: "succeeded" }));

    applyEvent(client, anEvent("job.deleted", {}));

    expect(listed()).toEqual([]);
  });
});

describe("filtered lists", () => {
  test("a job that no longer fits leaves the list", () => {
    hold(aJob({ attempt: 0 }), "queued");

    applyEvent(client, anEvent("job.started", { attempt: 1, worker: "cpu@host" }));

    expect(listed("queued")).toEqual([]);
  });

  test("a list that should now hold an unknown job asks to be refetched", () => {
    client.setQueryData(jobKeys.list("running"), { pages: [{ items: [], next: null }], pageParams: [null] });

    const complete = applyEvent(client, anEvent("job.started", { attempt: 1, worker: "cpu@host" }));

    expect(complete).toBe(false);
  });

  test.each([
    anEvent("job.queued", { position: 1, eta_s: null, attempt: 0, not_before: null }),
    anEvent("job.started", { attempt: 1, worker: "cpu@host" }),
    anEvent("job.progress", { fraction: 0.5, note: "", attempt: 1 }),
    partMade(3),
    anEvent("job.finished", { state: "failed", error: null, warnings: [], cached: false, attempt: 1 }),
  ])("$type of a job that the page does not know has it fetched", (event) => {
    client.setQueryData(jobKeys.list(null), { pages: [{ items: [aJob({ id: "job-0" })], next: "job-0" }] });

    const complete = applyEvent(client, event);

    expect(complete).toBe(false);
  });

  test("progress of a job further down than what is loaded refetches nothing", () => {
    client.setQueryData(jobKeys.list(null), { pages: [{ items: [aJob({ id: "job-2" })], next: "job-2" }] });

    const complete = applyEvent(client, anEvent("job.progress", { fraction: 0.5, note: "", attempt: 1 }));

    expect(complete).toBe(true);
  });
});

describe("a job that another asked for", () => {
  const child = aJob({ id: "child-1", parent_id: "job-1", attempt: 0 });
  const ofChild = (event: ReturnType<typeof anEvent>) => ({ ...event, job_id: "child-1", parent_id: "job-1" });

  test("moves among its parent's children, and is missed in no list", () => {
    hold(aJob({ attempt: 1 }));
    client.setQueryData(jobKeys.children("job-1"), [child]);

    const complete = applyEvent(client, ofChild(anEvent("job.started", { attempt: 1, worker: "cpu@host" })));
    applyEvent(client, ofChild(anEvent("job.progress", { fraction: 0.4, note: "hearing", attempt: 1 })));

    expect(complete).toBe(true);
    const [shown] = client.getQueryData<Job[]>(jobKeys.children("job-1")) ?? [];
    expect(shown).toMatchObject({ state: "running", progress: { fraction: 0.4 } });
  });

  test("has its parent asked for anew when it ends", () => {
    hold(aJob({ attempt: 1 }));
    const end = { state: "succeeded" as const, error: null, warnings: [], cached: false, attempt: 1 };

    applyEvent(client, ofChild(anEvent("job.finished", end)));

    expect(client.getQueryState(jobKeys.one("job-1"))?.isInvalidated).toBe(true);
  });
});

describe("an attempt that another has taken the place of", () => {
  beforeEach(() => {
    hold(aJob({ state: "running", attempt: 2, started_at: "2026-11-22T10:00:01.000Z" }));
    client.setQueryData(jobKeys.parts("job-1", 2), [part(1)]);
  });

  test.each([
    anEvent("job.started", { attempt: 1, worker: "cpu@host" }),
    anEvent("job.queued", { position: 1, eta_s: null, attempt: 1, not_before: null }),
    anEvent("job.finished", { state: "failed", error: lost, warnings: [], cached: false, attempt: 1 }),
    anEvent("job.progress", { fraction: 0.9, note: "old", attempt: 1 }),
    anEvent("job.output", { ...output, attempt: 1 }),
    partMade(2, 1),
  ])("changes nothing by $type, though that is told after the new one began", (event) => {
    const before = listed();

    applyEvent(client, event);

    expect(listed()).toEqual(before);
    expect(client.getQueryData<Part[]>(jobKeys.parts("job-1", 2))).toEqual([part(1)]);
  });
});

describe("an attempt that is over, with no other begun", () => {
  test.each([
    anEvent("job.started", { attempt: 1, worker: "cpu@host" }),
    anEvent("job.progress", { fraction: 0.9, note: "old", attempt: 1 }),
    anEvent("job.output", { ...output, attempt: 1 }),
    anEvent("job.finished", { state: "succeeded", error: null, warnings: [], cached: false, attempt: 1 }),
    partMade(2),
  ])("changes nothing of the queued job by $type", (event) => {
    hold(aJob({ attempt: 1 }));
    client.setQueryData(jobKeys.parts("job-1", 1), [part(1)]);
    const before = listed();

    applyEvent(client, event);

    expect(listed()).toEqual(before);
    expect(seqs()).toEqual([1]);
  });

  test("is not running again when its start is told late", () => {
    hold(aJob({ state: "failed", error: lost, finished_at: "2026-11-22T10:00:04.000Z" }));

    applyEvent(client, anEvent("job.started", { attempt: 1, worker: "cpu@host" }));

    expect(listed()?.[0]).toMatchObject({ state: "failed", error: lost });
  });

  test("leaves a job that can be cancelled while it waits", () => {
    hold(aJob({ attempt: 1, not_before: "2026-11-22T10:00:35.000Z" }));

    applyEvent(
      client,
      anEvent("job.finished", { state: "cancelled", error: null, warnings: [], cached: false, attempt: 1 }),
    );

    expect(listed()?.[0]).toMatchObject({ state: "cancelled", not_before: null });
  });
});

describe("an attempt whose start was not told", () => {
  const failed = { state: "failed", error: lost, outputs: [{ ...output, name: "old.txt" }] } as const;
  beforeEach(() => {
    hold(aJob({ ...failed, outputs: [...failed.outputs], finished_at: "2026-11-22T10:00:01.000Z" }));
    client.setQueryData(jobKeys.parts("job-1", 1), [part(1)]);
  });

  test.each([
    anEvent("job.progress", { fraction: 0.1, note: "", attempt: 2 }),
    anEvent("job.output", { ...output, attempt: 2 }),
    partMade(2, 2),
  ])("runs as $type shows, and has nothing of the one before", (event) => {
    applyEvent(client, event);

    expect(listed()?.[0]).toMatchObject({ state: "running", attempt: 2, error: null, finished_at: null });
    expect(listed()?.[0]?.outputs.map(({ name }) => name)).not.toContain("old.txt");
    expect(seqs()).toEqual([1]);
  });
});

describe("parts", () => {
  test("stand in order and once, however often they are told", () => {
    hold(aJob({ state: "running" }));
    client.setQueryData(jobKeys.parts("job-1", 1), [part(1)]);

    for (const seq of [2, 2, 1, 3]) applyEvent(client, partMade(seq));

    expect(seqs()).toEqual([1, 2, 3]);
  });

  test("a gap marks them as old, so that they are fetched again", () => {
    hold(aJob({ state: "running" }));
    client.setQueryData(jobKeys.parts("job-1", 1), [part(1)]);

    applyEvent(client, partMade(5));

    expect(client.getQueryState(jobKeys.parts("job-1", 1))?.isInvalidated).toBe(true);
  });

  test("of a job that nobody looks at are not kept", () => {
    applyEvent(client, partMade(1));

    expect(seqs()).toBeUndefined();
  });
});

test("the models are asked for again when a job that brings one starts or ends, and for no other", () => {
  const end = anEvent("job.finished", { state: "succeeded", error: null, warnings: [], cached: false, attempt: 1 });
  const isOld = () => client.getQueryState(modelsQuery.queryKey)?.isInvalidated;
  client.setQueryData(modelsQuery.queryKey, { items: [], models: [] });

  applyEvent(client, end);
  const afterAnother = isOld();
  applyEvent(client, { ...end, pipeline: "models.pull" });

  expect([afterAnother, isOld()]).toEqual([false, true]);
});
