/** The cached lists of jobs, and how one job is changed, placed and taken out in all of them. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { jobKeys } from "@/api/jobs";
import type { Job, JobPage, JobState } from "@/api/types";

type JobList = InfiniteData<JobPage, string | null>;
export type Change = (job: Job) => Job;

/**
 * Change a job wherever it is cached. Returns false when a list misses a job that it should hold: one that is in
 * `state` and no older than what is loaded.
 */
export function changeJob(client: QueryClient, id: string, change: Change, state: JobState): boolean {
  client.setQueryData<Job>(jobKeys.one(id), (job) => job && change(job));
  let complete = true;
  for (const [key, list] of client.getQueriesData<JobList>({ queryKey: jobKeys.lists })) {
    if (!list) continue;
    const filter = key[1] as JobState | null;
    if (holds(list, id)) client.setQueryData(key, changeInList(list, id, change, filter));
    else if ((filter === null || filter === state) && reaches(list, id)) complete = false;
  }
  return complete;
}

/** Change a job among its parent's children, where the page of that shows them. */
export function changeChild(client: QueryClient, parentId: string, id: string, change: Change): void {
  client.setQueryData<Job[]>(jobKeys.children(parentId), (children) =>
    children?.map((job) => (job.id === id ? change(job) : job)),
  );
}

/** How many of a job's children are finished, and which there are, is read from the API. */
export function refetchFamily(client: QueryClient, parentId: string): void {
  for (const queryKey of [jobKeys.one(parentId), jobKeys.children(parentId)])
    void client.invalidateQueries({ queryKey });
}

const jobsIn = (list: JobList): Job[] => list.pages.flatMap((page) => page.items);
const holds = (list: JobList, id: string): boolean => jobsIn(list).some((job) => job.id === id);

/** Whether a job of this id would stand among those that are loaded: ids grow with time, and the newest stands first. */
function reaches(list: JobList, id: string): boolean {
  const oldest = jobsIn(list).at(-1);
  return !list.pages.at(-1)?.next || oldest === undefined || id > oldest.id;
}

/** The list with the job changed, or left out when it no longer fits the filter. */
function changeInList(list: JobList, id: string, change: Change, filter: JobState | null): JobList {
  const changed = (job: Job) => (job.id === id ? change(job) : job);
  const fits = (job: Job) => job.id !== id || filter === null || job.state === filter;
  return { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.map(changed).filter(fits) })) };
}

/** Take a job out of every list and forget its details. */
export function removeJob(client: QueryClient, id: string): void {
  for (const [key, list] of client.getQueriesData<JobList>({ queryKey: jobKeys.lists })) {
    if (!list) continue;
    const pages = list.pages.map((page) => ({ ...page, items: page.items.filter((job) => job.id !== id) }));
    client.setQueryData(key, { ...list, pages });
  }
  client.removeQueries({ queryKey: jobKeys.partsOf(id) });
  void client.invalidateQueries({ queryKey: jobKeys.one(id) });
}

/**
 * Put a job that the API just answered with in its place: a new one stands first in every list that it fits.
 * Events may have overtaken the answer, so what was placed is also asked for again.
 */
export function placeJob(client: QueryClient, job: Job): void {
  client.setQueryData(jobKeys.one(job.id), job);
  changeJob(client, job.id, () => job, job.state);
  for (const [key, list] of client.getQueriesData<JobList>({ queryKey: jobKeys.lists })) {
    const filter = key[1] as JobState | null;
    const first = list?.pages[0];
    if (!list || !first || holds(list, job.id) || (filter !== null && filter !== job.state)) continue;
    const isNewest = first.items.every(({ created_at }) => created_at <= job.created_at);
    const pages = [{ ...first, items: [job, ...first.items] }, ...list.pages.slice(1)];
    if (isNewest) client.setQueryData(key, { ...list, pages });
  }
  refetchJob(client, job.id);
  void client.invalidateQueries({ queryKey: jobKeys.lists });
}

/** An event is short: what a job gave besides (result, engine, history) is read from the API. */
export function refetchJob(client: QueryClient, id: string): void {
  for (const queryKey of [jobKeys.one(id), jobKeys.partsOf(id), jobKeys.attempts(id)])
    void client.invalidateQueries({ queryKey });
}
