/** Many jobs at once: the API takes a thousand at a time and says when there are more. */
import { api, dataOf } from "./client";
import type { JobState } from "./types";

export type BulkAction = "retry" | "cancel";

/** How many of the caller's jobs are in this state. */
export const countJobs = async (state: JobState): Promise<number> =>
  (await dataOf(api.GET("/api/v1/stats"))).states[state] ?? 0;

/** Retry or cancel every job in this state; `onSoFar` hears how many were changed, and the answer is all of them. */
export async function changeAll(action: BulkAction, state: JobState, onSoFar: (jobs: number) => void): Promise<number> {
  const body = { states: [state] };
  let jobs = 0;
  let more = true;
  while (more) {
    const changed = await dataOf(api.POST(action === "retry" ? "/api/v1/jobs/retry" : "/api/v1/jobs/cancel", { body }));
    jobs += changed.jobs;
    more = changed.more;
    onSoFar(jobs);
  }
  return jobs;
}
