import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, test } from "vitest";
import { jobKeys } from "@/api/jobs";
import type { Job, JobState, Part } from "@/api/types";
import { applyEvent } from "@/live/apply";
import { placeJob } from "@/live/lists";
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

describe("a job's life in the cache", () => {
  test("from queued to done, the list and the page tell the same", () => {
    hold(aJob());
    const told: (string | null | undefined)[] = [];
    const tell = () => told.push(`${listed()?.[0]?.state} ${client.getQueryData<Job>(jobKeys.one("job-1"))?.state}`);

    for (const event of [
      anEvent("job.started", { attempt: 1, worker: "cpu@host" }),
      anEvent("job.progress", { fraction: 0.4, note: "reading" }),
      anEvent("job.finished", { state: "succeeded", error: null, warnings: ["A lesser engine."], attempt: 1 }),
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

    applyEvent(client, anEvent("job.queued", { position: 2, eta_s: 4, attempt: 1 }));

    expect(listed()?.[0]).toMatchObject({ state: "queued", position: 2, error: null, warnings: [], finished_at: null });
    expect(seqs()).toEqual([]);
  });

  test("queued again after a failure, it is asked for again, for when and why", () => {
    hold(aJob({ state: "running", not_before: "2026-11-22T10:00:01Z" }));
    client.setQueryData(jobKeys.attempts("job-1"), []);

    const complete = applyEvent(client, anEvent("job.queued", { position: null, eta_s: null, attempt: 1 }));

    expect(complete).toBe(false);
    expect(listed()?.[0]).toMatchObject({ state: "queued", not_before: null });
    for (const queryKey of [jobKeys.one("job-1"), jobKeys.attempts("job-1")])
      expect(client.getQueryState(queryKey)?.isInvalidated).toBe(true);
  });

  test("a deleted job leaves the list", () => {
    hold(aJob({ state: "succeeded" }));

    applyEvent(client, anEvent("job.deleted", {}));

    expect(listed()).toEqual([]);
  });
});

describe("filtered lists", () => {
  test("a job that no longer fits leaves the list", () => {
    hold(aJob(), "queued");

    applyEvent(client, anEvent("job.started", { attempt: 1, worker: "cpu@host" }));

    expect(listed("queued")).toEqual([]);
  });

  test("a list that should now hold an unknown job asks to be refetched", () => {
    client.setQueryData(jobKeys.list("running"), { pages: [{ items: [], next: null }], pageParams: [null] });

    const complete = applyEvent(client, anEvent("job.started", { attempt: 1, worker: "cpu@host" }));

    expect(complete).toBe(false);
  });

  test.each([
    anEvent("job.queued", { position: 1, eta_s: null, attempt: 0 }),
    anEvent("job.started", { attempt: 1, worker: "cpu@host" }),
    anEvent("job.progress", { fraction: 0.5, note: "" }),
    anEvent("job.part", part(3)),
    anEvent("job.finished", { state: "failed", error: null, warnings: [], attempt: 1 }),
  ])("$type of a job that the page does not know has it fetched", (event) => {
    client.setQueryData(jobKeys.list(null), { pages: [{ items: [aJob({ id: "job-0" })], next: "job-0" }] });

    const complete = applyEvent(client, event);

    expect(complete).toBe(false);
  });

  test("progress of a job further down than what is loaded refetches nothing", () => {
    client.setQueryData(jobKeys.list(null), { pages: [{ items: [aJob({ id: "job-2" })], next: "job-2" }] });

    const complete = applyEvent(client, anEvent("job.progress", { fraction: 0.5, note: "" }));

    expect(complete).toBe(true);
  });
});

describe("an attempt that another has taken the place of", () => {
  const at = "2026-11-22T10:00:04.000Z";
  beforeEach(() => {
    hold(aJob({ state: "running", attempt: 2, started_at: "2026-11-22T10:00:05.000Z" }));
    client.setQueryData(jobKeys.parts("job-1", 2), [part(1)]);
  });

  test.each([
    anEvent("job.started", { attempt: 1, worker: "cpu@host" }),
    anEvent("job.queued", { position: 1, eta_s: null, attempt: 1 }),
    anEvent("job.finished", { state: "failed", error: { code: "x", message: "x" }, warnings: [], attempt: 1 }),
    { ...anEvent("job.progress", { fraction: 0.9, note: "old" }), at },
    { ...anEvent("job.output", { name: "old", media_type: "text/plain", size_bytes: 1, url: "/" }), at },
  ])("changes nothing by $type", (event) => {
    const before = listed();

    applyEvent(client, event);

    expect(listed()).toEqual(before);
  });

  test("adds no part to those of the new one", () => {
    applyEvent(client, { ...anEvent("job.part", part(2)), at });

    expect(client.getQueryData<Part[]>(jobKeys.parts("job-1", 2))).toEqual([part(1)]);
  });
});

describe("parts", () => {
  test("stand in order and once, however often they are told", () => {
    hold(aJob({ state: "running" }));
    client.setQueryData(jobKeys.parts("job-1", 1), [part(1)]);

    for (const seq of [2, 2, 1, 3]) applyEvent(client, anEvent("job.part", part(seq)));

    expect(seqs()).toEqual([1, 2, 3]);
  });

  test("a gap marks them as old, so that they are fetched again", () => {
    hold(aJob({ state: "running" }));
    client.setQueryData(jobKeys.parts("job-1", 1), [part(1)]);

    applyEvent(client, anEvent("job.part", part(5)));

    expect(client.getQueryState(jobKeys.parts("job-1", 1))?.isInvalidated).toBe(true);
  });

  test("of a job that nobody looks at are not kept", () => {
    applyEvent(client, anEvent("job.part", part(1)));

    expect(seqs()).toBeUndefined();
  });
});

describe("a job that the API answered with", () => {
  test("stands first in the list at once when it is new", () => {
    hold(aJob());

    placeJob(client, aJob({ id: "job-2", created_at: "2026-11-22T11:00:00.000Z" }));

    expect(listed()?.map(({ id }) => id)).toEqual(["job-2", "job-1"]);
    expect(client.getQueryState(jobKeys.one("job-2"))?.isInvalidated).toBe(true);
  });

  test("marks the list as old when its place there is not known", () => {
    hold(aJob());

    placeJob(client, aJob({ id: "job-0", created_at: "2026-11-21T11:00:00.000Z" }));

    expect(listed()?.map(({ id }) => id)).toEqual(["job-1"]);
    expect(client.getQueryState(jobKeys.list(null))?.isInvalidated).toBe(true);
  });
});
