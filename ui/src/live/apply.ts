/** How one event changes what is cached: the only writer of live changes. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { JobEvent } from "@/api/events";
import { jobKeys, mergeParts } from "@/api/jobs";
import type { Job, JobPage, JobState, Part } from "@/api/types";

type JobList = InfiniteData<JobPage, string | null>;
type Change = (job: Job) => Job;
type Changing = Exclude<JobEvent, { type: "job.part" | "job.deleted" }>;

/** Patch the cache with an event. Returns false when a list misses a job that it should now hold: refetch the lists. */
export function applyEvent(client: QueryClient, event: JobEvent): boolean {
  if (event.type === "job.part") addPart(client, event.job_id, event.data);
  else if (event.type === "job.deleted") removeJob(client, event.job_id);
  else {
    if (event.type === "job.queued" || event.type === "job.started")
      forgetOldParts(client, event.job_id, event.data.attempt);
    const complete = changeJob(client, event.job_id, changeOf(event), enteredState(event));
    if (event.type === "job.finished") refetchJob(client, event.job_id);
    return complete;
  }
  return true;
}

function changeOf(event: Changing): Change {
  switch (event.type) {
    case "job.queued":
      return (job) => ({ ...forAttempt(job, event.data.attempt), ...event.data, state: "queued" });
    case "job.started": {
      const { attempt } = event.data;
      const started = { state: "running", attempt, position: null, eta_s: null, started_at: event.at } as const;
      return (job) => ({ ...forAttempt(job, attempt), ...started });
    }
    case "job.progress":
      return (job) => ({ ...job, progress: event.data });
    case "job.output":
      return (job) => ({
        ...job,
        outputs: [...job.outputs.filter(({ name }) => name !== event.data.name), event.data],
      });
    case "job.finished": {
      const finished = { ...event.data, position: null, eta_s: null, finished_at: event.at };
      return (job) => ({ ...job, ...finished });
    }
  }
}

function enteredState(event: Changing): JobState | null {
  if (event.type === "job.queued") return "queued";
  if (event.type === "job.started") return "running";
  return event.type === "job.finished" ? event.data.state : null;
}

/** The job without what an earlier attempt left. */
function forAttempt(job: Job, attempt: number): Job {
  if (job.attempt === attempt && job.finished_at === null) return job;
  return { ...job, progress: null, result: null, outputs: [], warnings: [], error: null, finished_at: null };
}

function forgetOldParts(client: QueryClient, id: string, attempt: number): void {
  const known = client.getQueryData<Job>(jobKeys.one(id));
  const parts = client.getQueryData<Part[]>(jobKeys.parts(id));
  if (parts && known && known.attempt !== attempt) client.setQueryData<Part[]>(jobKeys.parts(id), []);
}

function changeJob(client: QueryClient, id: string, change: Change, entered: JobState | null): boolean {
  client.setQueryData<Job>(jobKeys.one(id), (job) => job && change(job));
  let complete = true;
  for (const [key, list] of client.getQueriesData<JobList>({ queryKey: jobKeys.lists })) {
    if (!list) continue;
    const filter = key[1] as JobState | null;
    if (holds(list, id)) client.setQueryData(key, changeInList(list, id, change, filter));
    else if (filter === null ? entered === "queued" : entered === filter) complete = false;
  }
  return complete;
}

function holds(list: JobList, id: string): boolean {
  return list.pages.some((page) => page.items.some((job) => job.id === id));
}

/** The list with the job changed, or left out when it no longer fits the filter. */
function changeInList(list: JobList, id: string, change: Change, filter: JobState | null): JobList {
  const changed = (job: Job) => (job.id === id ? change(job) : job);
  const fits = (job: Job) => job.id !== id || filter === null || job.state === filter;
  return { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.map(changed).filter(fits) })) };
}

function addPart(client: QueryClient, id: string, part: Part): void {
  const parts = client.getQueryData<Part[]>(jobKeys.parts(id));
  if (!parts) return;
  client.setQueryData<Part[]>(jobKeys.parts(id), mergeParts(parts, [part]));
  const missing = part.seq > (parts.at(-1)?.seq ?? 0) + 1;
  if (missing) void client.invalidateQueries({ queryKey: jobKeys.parts(id) });
}

/** An event is short: what a job gave besides (result, engine, warnings) is read from the API. */
function refetchJob(client: QueryClient, id: string): void {
  void client.invalidateQueries({ queryKey: jobKeys.one(id) });
  void client.invalidateQueries({ queryKey: jobKeys.parts(id) });
}

/** Take a job out of every list and forget its details. */
export function removeJob(client: QueryClient, id: string): void {
  for (const [key, list] of client.getQueriesData<JobList>({ queryKey: jobKeys.lists })) {
    if (!list) continue;
    const pages = list.pages.map((page) => ({ ...page, items: page.items.filter((job) => job.id !== id) }));
    client.setQueryData(key, { ...list, pages });
  }
  client.removeQueries({ queryKey: jobKeys.parts(id) });
  void client.invalidateQueries({ queryKey: jobKeys.one(id) });
}

/**
 * Put a job that the API just answered with in its place: a new one stands first in every list that it fits.
 * Events may have overtaken the answer, so what was placed is also asked for again.
 */
export function placeJob(client: QueryClient, job: Job): void {
  client.setQueryData(jobKeys.one(job.id), job);
  changeJob(client, job.id, () => job, null);
  for (const [key, list] of client.getQueriesData<JobList>({ queryKey: jobKeys.lists })) {
    const filter = key[1] as JobState | null;
    const first = list?.pages[0];
    if (!list || !first || holds(list, job.id) || (filter !== null && filter !== job.state)) continue;
    const isNewest = first.items.every(({ created_at }) => created_at <= job.created_at);
    const pages = [{ ...first, items: [job, ...first.items] }, ...list.pages.slice(1)];
    if (isNewest) client.setQueryData(key, { ...list, pages });
  }
  void client.invalidateQueries({ queryKey: jobKeys.one(job.id) });
  void client.invalidateQueries({ queryKey: jobKeys.lists });
}
