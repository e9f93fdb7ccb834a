/**
 * The messages of the socket (docs/api.md, "Events"). The OpenAPI document describes requests and answers,
 * not messages, so their envelope is written here; what they carry is taken from the generated types.
 */
import type { Job, JobOutput, JobProgress, JobState, Part } from "./types";

interface Envelope<Type extends string, Data> {
  id: string;
  type: Type;
  job_id: string;
  pipeline: string;
  at: string;
  data: Data;
}

export type JobEvent =
  | Envelope<"job.queued", Pick<Job, "position" | "eta_s" | "attempt">>
  | Envelope<"job.started", { attempt: number; worker: string }>
  | Envelope<"job.progress", JobProgress>
  | Envelope<"job.part", Part>
  | Envelope<"job.output", JobOutput>
  | Envelope<"job.finished", { state: JobState; error: Job["error"] }>
  | Envelope<"job.deleted", Record<string, never>>;

export type SocketMessage = JobEvent | { type: "hello"; id: string } | { type: "resync"; id: string };
