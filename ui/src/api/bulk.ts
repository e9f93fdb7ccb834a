/** Many jobs at once: the API takes a thousand at a time and says when there are more. */
import { api, dataOf } from "./client";
import type { JobState } from "./types";

export type BulkAction = "retry" | "cancel";

/** How many of the caller's jobs are in this state. */
export const countJobs = async (state: JobState): Promise<number> =>
  (await dataOf(api.GET("/api/v1/stats"))).states[state] ?? 0;

/** What is retried may fail again at once, and is then chosen again; what is cancelled is not. */
const MOST_ROUNDS: Record<BulkAction, number> = { retry: 20, cancel: Number.POSITIVE_INFINITY };

/**
 * Retry or cancel the jobs in this state, until there are no more, a round changes none, or there were many rounds;
 * `onSoFar` hears how many were changed, and the answer is all of them.
 */
export async function changeAll(action: BulkAction, state: JobState, onSoFar: (jobs: number) => void): Promise<number> {
  const path = action === "retry" ? "/api/v1/jobs/retry" : "/api/v1/jobs/cancel";
  let jobs = 0;
  for (let round = 1; round <= MOST_ROUNDS[action]; round += 1) {
    const changed = await dataOf(api.POST(path, { body: { states: [state] } }));
    jobs += changed.jobs;
    onSoFar(jobs);
    if (!changed.more || changed.jobs === 0) break;
  }
  return jobs;
}
