import type { Job, JobOutput } from "@/api/types";

/** What every viewer is given: the output it shows, and the job that made it. */
export interface ViewerProps {
  output: JobOutput;
  job: Job;
}
