import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, test } from "vitest";
import { jobKeys } from "@/api/jobs";
import type { Job } from "@/api/types";
import { placeJob } from "@/live/lists";
import { aJob } from "../examples";

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
  client.setQueryData(jobKeys.list(null), { pages: [{ items: [aJob()], next: null }], pageParams: [null] });
});
const listed = () =>
  client.getQueryData<{ pages: { items: Job[] }[] }>(jobKeys.list(null))?.pages.flatMap((page) => page.items);

describe("a job that the API answered with", () => {
  test("stands first in the list at once when it is new", () => {
    placeJob(client, aJob({ id: "job-2", created_at: "2026-11-22T11:00:00.000Z" }));

    expect(listed()?.map(({ id }) => id)).toEqual(["job-2", "job-1"]);
    expect(client.getQueryState(jobKeys.one("job-2"))?.isInvalidated).toBe(true);
  });

  test("marks the list as old when its place there is not known", () => {
    placeJob(client, aJob({ id: "job-0", created_at: "2026-11-21T11:00:00.000Z" }));

    expect(listed()?.map(({ id }) => id)).toEqual(["job-1"]);
    expect(client.getQueryState(jobKeys.list(null))?.isInvalidated).toBe(true);
  });
});
