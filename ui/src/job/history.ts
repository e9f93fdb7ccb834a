import type { Job } from "@/api/types";

/** Whether the job's attempts tell more than the job does: several, one that went wrong, or one that will be repeated. */
export const hasHistory = ({ attempt, state, error }: Job): boolean =>
  attempt > 1 || error !== null || (state === "queued" && attempt > 0);
