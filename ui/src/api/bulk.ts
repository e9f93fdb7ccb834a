/** Many jobs at once: the API takes a thousand at a time and says when there are more. */
import { api, dataOf } from "./client";
import type { Changed, JobState } from "./types";

export type BulkAction = "retry" | "cancel";

/** How many of the caller's jobs are in this state. */
export const countJobs = async (state: JobState): Promise<number> =>
  (await dataOf(api.GET("/api/v1/stats"))).states[state] ?? 0;

/**
 * Retry or cancel the jobs in this state, each at most once: what is retried may fail again before the last one is.
 * `onSoFar` hears how many were changed, and the answer is all of them.
 */
export async function changeAll(action: BulkAction, state: JobState, onSoFar: (jobs: number) => void): Promise<number> {
  const path = action === "retry" ? "/api/v1/jobs/retry" : "/api/v1/jobs/cancel";
  let jobs = 0;
  let cursor: string | null = null;
  do {
    const changed: Changed = await dataOf(api.POST(path, { body: { states: [state], cursor } }));
    jobs += changed.jobs;
    onSoFar(jobs);
    cursor = changed.next;
  } while (cursor !== null);
  return jobs;
}
