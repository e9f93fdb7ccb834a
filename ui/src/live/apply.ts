/** How one event changes what is cached: the only writer of live changes. */
import type { QueryClient } from "@tanstack/react-query";
import { REPLY, refetchConversations, SPEAK } from "@/api/conversations";
import type { JobEvent } from "@/api/events";
import { jobKeys, mergeParts } from "@/api/jobs";
import { modelsQuery, PULL } from "@/api/models";
import type { Job, JobState, Part } from "@/api/types";
import { type Change, changeChild, changeJob, refetchFamily, refetchJob, removeJob } from "./lists";

type Changing = Exclude<JobEvent, { type: "job.deleted" }>;
type QueuedEvent = Extract<JobEvent, { type: "job.queued" }>;
type PartEvent = Extract<JobEvent, { type: "job.part" }>;

const SHORT = new Set<JobEvent["type"]>(["job.queued", "job.started", "job.finished"]); // the API has more to tell
const NO_WAIT = { position: null, eta_s: null, not_before: null };

/** Patch the cache with an event. Returns false when a list does not show what it should now: refetch the lists. */
export function applyEvent(client: QueryClient, event: JobEvent): boolean {
  if (event.type === "job.deleted") {
    removeJob(client, event.job_id);
    client.setQueryData(jobKeys.deletion(event.job_id), event.at);
    if (event.parent_id) refetchFamily(client, event.parent_id);
    return true;
  }
  if (event.type === "job.part") addPart(client, event);
  showPartial(client, event);
  const change: Change = (job) => (isPast(event, job) ? job : changed(job, event));
  const complete = changeJob(client, event.job_id, change, stateAfter(event));
  if (event.parent_id) changeChild(client, event.parent_id, event.job_id, change);
  if (event.type === "job.queued") forgetParts(client, event);
  if (SHORT.has(event.type) && event.parent_id) refetchFamily(client, event.parent_id);
  if (SHORT.has(event.type)) refetchJob(client, event.job_id);
  if (SHORT.has(event.type) && event.pipeline === PULL)
    void client.invalidateQueries({ queryKey: modelsQuery.queryKey });
  if (SHORT.has(event.type) && isOfConversation(event)) refetchConversations(client);
  return complete || !isListed(event);
}

/** Whether lists of jobs show it: not what another job asked for, nor what a conversation did. */
const isListed = ({ pipeline, parent_id }: JobEvent): boolean => !parent_id && pipeline !== REPLY;

/** Whether it writes a reply or reads one aloud. */
const isOfConversation = ({ pipeline, parent_id }: JobEvent): boolean =>
  pipeline === REPLY || (pipeline === SPEAK && Boolean(parent_id));

function changed(job: Job, event: Changing): Job {
  const begun = inAttempt(job, event.data.attempt);
  switch (event.type) {
    case "job.queued":
      return { ...forAttempt(job, event.data.attempt), ...event.data, state: "queued", started_at: null };
    case "job.started":
      return { ...begun, started_at: event.at };
    case "job.progress": {
      const { attempt: _, ...progress } = event.data;
      return { ...begun, progress };
    }
    case "job.partial":
    case "job.part":
      return begun;
    case "job.output": {
      const { attempt: _, ...output } = event.data;
      return { ...begun, outputs: [...begun.outputs.filter(({ name }) => name !== output.name), output] };
    }
    case "job.finished":
      return { ...begun, ...NO_WAIT, ...event.data, finished_at: event.at };
  }
}

function stateAfter(event: Changing): JobState {
  if (event.type === "job.queued") return "queued";
  return event.type === "job.finished" ? event.data.state : "running";
}

/**
 * Whether the event is of an attempt that is over, as the job shows. A start counts the attempt up, so a queued job's
 * attempt is one that ended: only its place in the queue, or that it is cancelled there, can still be told of it.
 */
function isPast(event: Changing, job: Job): boolean {
  if (event.data.attempt !== job.attempt || event.type === "job.queued") return event.data.attempt < job.attempt;
  if (event.type === "job.started") return job.state !== "running";
  const isCancelled = event.type === "job.finished" && event.data.state === "cancelled";
  return job.state === "queued" && !isCancelled;
}

/** The job in the attempt that an event is of: it runs if that is a new one, whether or not its start was told. */
function inAttempt(job: Job, attempt: number): Job {
  if (job.attempt === attempt) return job;
  return { ...forAttempt(job, attempt), ...NO_WAIT, state: "running", attempt, started_at: null };
}

/** The job without what an earlier attempt left. */
function forAttempt(job: Job, attempt: number): Job {
  if (job.attempt === attempt && job.finished_at === null) return job;
  const nothing = { result: null, outputs: [], warnings: [], error: null, engine: null };
  return { ...job, ...nothing, progress: null, finished_at: null, cached: false };
}

/** A retry may begin anew or go on where it stopped: which parts stay is read from the API. */
function forgetParts(client: QueryClient, { job_id, data }: QueuedEvent): void {
  client.setQueryData<Part[]>(jobKeys.parts(job_id, data.attempt), (parts) => parts && []);
}

/** What is becoming a part is shown until that comes, or another of these, or the run is over. */
function showPartial(client: QueryClient, event: Changing): void {
  if (event.type === "job.progress" || event.type === "job.output") return;
  const job = client.getQueryData<Job>(jobKeys.one(event.job_id));
  if (!job || isPast(event, job)) return;
  const { kind, body } = event.type === "job.partial" ? event.data : { kind: null, body: null };
  client.setQueryData(jobKeys.partial(event.job_id), kind && { kind, body });
}

function addPart(client: QueryClient, event: PartEvent): void {
  const job = client.getQueryData<Job>(jobKeys.one(event.job_id));
  if (!job || isPast(event, job)) return;
  const { attempt, ...part } = event.data;
  const key = jobKeys.parts(job.id, attempt);
  const parts = client.getQueryData<Part[]>(key);
  if (!parts) return;
  client.setQueryData<Part[]>(key, mergeParts(parts, [part]));
  const missing = part.seq > (parts.at(-1)?.seq ?? 0) + 1;
  if (missing) void client.invalidateQueries({ queryKey: key });
}
