/** How one event changes what is cached: the only writer of live changes. */
import type { QueryClient } from "@tanstack/react-query";
import type { JobEvent } from "@/api/events";
import { jobKeys, mergeParts } from "@/api/jobs";
import type { Job, JobState, Part } from "@/api/types";
import { type Change, changeJob, refetchJob, removeJob } from "./lists";

type Changing = Exclude<JobEvent, { type: "job.part" | "job.deleted" }>;
type PartEvent = Extract<JobEvent, { type: "job.part" }>;

/** Patch the cache with an event. Returns false when a list does not show what it should now: refetch the lists. */
export function applyEvent(client: QueryClient, event: JobEvent): boolean {
  if (event.type === "job.deleted") {
    removeJob(client, event.job_id);
    return true;
  }
  if (event.type === "job.part") {
    addPart(client, event);
    return changeJob(client, event.job_id, (job) => job, "running");
  }
  const change = changeOf(event);
  const guarded: Change = (job) => (isOutdated(event, job) ? job : change(job));
  const complete = changeJob(client, event.job_id, guarded, stateAfter(event));
  if (event.type === "job.queued") forgetParts(client, event.job_id);
  if (event.type !== "job.progress" && event.type !== "job.output") refetchJob(client, event.job_id);
  return complete && !isQueuedAgain(event);
}

function changeOf(event: Changing): Change {
  switch (event.type) {
    case "job.queued": {
      const queued = { ...event.data, state: "queued", not_before: null, started_at: null } as const;
      return (job) => ({ ...forAttempt(job, event.data.attempt), ...queued });
    }
    case "job.started": {
      const { attempt } = event.data;
      const waits = { position: null, eta_s: null, not_before: null };
      return (job) => ({ ...forAttempt(job, attempt), ...waits, state: "running", attempt, started_at: event.at });
    }
    case "job.progress":
      return (job) => ({ ...job, progress: event.data });
    case "job.output":
      return (job) => ({
        ...job,
        outputs: [...job.outputs.filter(({ name }) => name !== event.data.name), event.data],
      });
    case "job.finished": {
      const finished = { ...event.data, position: null, eta_s: null, not_before: null, finished_at: event.at };
      return (job) => ({ ...job, ...finished });
    }
  }
}

function stateAfter(event: Changing): JobState {
  if (event.type === "job.queued") return "queued";
  return event.type === "job.finished" ? event.data.state : "running";
}

/** Whether the event is of an attempt that another has taken the place of. What names no attempt tells by its time. */
function isOutdated(event: Changing | PartEvent, job: Job): boolean {
  if ("attempt" in event.data) return event.data.attempt < job.attempt;
  return job.started_at !== null && event.at < job.started_at;
}

/** The event does not say when it is tried again, nor why; a list has that from the API alone. */
const isQueuedAgain = (event: Changing) => event.type === "job.queued" && event.data.attempt > 0;

/** The job without what an earlier attempt left. */
function forAttempt(job: Job, attempt: number): Job {
  if (job.attempt === attempt && job.finished_at === null) return job;
  const nothing = { result: null, outputs: [], warnings: [], error: null, engine: null };
  return { ...job, ...nothing, progress: null, finished_at: null, cached: false };
}

/** A retry may begin anew or go on where it stopped: which parts stay is read from the API. */
function forgetParts(client: QueryClient, id: string): void {
  client.setQueriesData<Part[]>({ queryKey: jobKeys.partsOf(id) }, (parts) => parts && []);
}

function addPart(client: QueryClient, event: PartEvent): void {
  const job = client.getQueryData<Job>(jobKeys.one(event.job_id));
  if (!job || isOutdated(event, job)) return;
  const key = jobKeys.parts(job.id, job.attempt);
  const parts = client.getQueryData<Part[]>(key);
  if (!parts) return;
  client.setQueryData<Part[]>(key, mergeParts(parts, [event.data]));
  const missing = event.data.seq > (parts.at(-1)?.seq ?? 0) + 1;
  if (missing) void client.invalidateQueries({ queryKey: key });
}
