import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import type { Job, JobState, NewJob, Part } from "./types";

const PAGE_SIZE = 25;
const PARTS_PAGE_SIZE = 500;
const MOST_CHILDREN = 200;

export const jobKeys = {
  lists: ["jobs"] as const,
  list: (state: JobState | null) => ["jobs", state] as const,
  one: (id: string) => ["job", id] as const,
  attempts: (id: string) => ["attempts", id] as const,
  children: (id: string) => ["children", id] as const,
  /** Of every attempt. */
  partsOf: (id: string) => ["parts", id] as const,
  parts: (id: string, attempt: number) => ["parts", id, attempt] as const,
  partial: (id: string) => ["partial", id] as const,
  deletion: (id: string) => ["deletion", id] as const,
};

/** The jobs, newest first, a page at a time; `state` null means all. */
export function jobsQuery(state: JobState | null) {
  return infiniteQueryOptions({
    queryKey: jobKeys.list(state),
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE_SIZE, ...(state && { state }), ...(pageParam && { cursor: pageParam }) };
      return dataOf(api.GET("/api/v1/jobs", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: jobKeys.one(id),
    queryFn: ({ signal }) => dataOf(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
  });
}

/** When the job was deleted, as the socket told; null where nobody was there to hear it. */
export function deletionQuery(id: string) {
  return queryOptions<string | null>({
    queryKey: jobKeys.deletion(id),
    queryFn: () => null,
    enabled: false,
    initialData: null,
  });
}

/**
 * Every part of the attempt so far. Parts that the socket brought while this was fetching are kept; those of another
 * attempt are never among them.
 */
export function partsQuery({ id, attempt }: Pick<Job, "id" | "attempt">, client: QueryClient) {
  const queryKey = jobKeys.parts(id, attempt);
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }) => mergeParts(await allParts(id, signal), client.getQueryData<Part[]>(queryKey) ?? []),
    structuralSharing: false,
  });
}

/** What may become the job's next part: no more than the socket brings, for the API stores none. */
export function partialQuery(id: string) {
  return queryOptions<Omit<Part, "seq"> | null>({
    queryKey: jobKeys.partial(id),
    queryFn: () => null,
    enabled: false,
    initialData: null,
  });
}

/** The job's history, the first attempt first. */
export function attemptsQuery(id: string) {
  return queryOptions({
    queryKey: jobKeys.attempts(id),
    queryFn: async ({ signal }) => {
      const params = { path: { job_id: id } };
      return (await dataOf(api.GET("/api/v1/jobs/{job_id}/attempts", { params, signal }))).items;
    },
  });
}

/** The jobs that a job asked for, and what follows it, in the order in which they came. */
export function childrenQuery(id: string) {
  return queryOptions({
    queryKey: jobKeys.children(id),
    queryFn: async ({ signal }) => {
      const query = { parent: id, limit: MOST_CHILDREN };
      return (await dataOf(api.GET("/api/v1/jobs", { params: { query }, signal }))).items.reverse();
    },
  });
}

/** Two runs of parts as one, in order and without doubles. */
export function mergeParts(first: readonly Part[], second: readonly Part[]): Part[] {
  const bySeq = new Map([...first, ...second].map((part) => [part.seq, part]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

async function allParts(id: string, signal: AbortSignal): Promise<Part[]> {
  const parts: Part[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const params: { path: { job_id: string }; query: { after: number; limit: number } } = {
      path: { job_id: id },
      query: { after, limit: PARTS_PAGE_SIZE },
    };
    const page: { items: Part[]; next?: number | null } = await dataOf(
      api.GET("/api/v1/jobs/{job_id}/parts", { params, signal }),
    );
    parts.push(...page.items);
    after = page.next ?? null;
  }
  return parts;
}

/** Ask for a job. The same `key` again answers the first job, so that an answer that got lost doubles nothing. */
export const submitJob = (body: NewJob, key: string): Promise<Job> =>
  dataOf(api.POST("/api/v1/jobs", { body, params: { header: { "Idempotency-Key": key } } }));

export const cancelJob = (id: string): Promise<Job> =>
  dataOf(api.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } }));

export const retryJob = (id: string): Promise<Job> =>
  dataOf(api.POST("/api/v1/jobs/{job_id}/retry", { params: { path: { job_id: id } } }));

/** Delete a finished job with its results, and its inputs where no other job uses them. */
export const deleteJob = (id: string): Promise<unknown> =>
  dataOf(api.DELETE("/api/v1/jobs/{job_id}", { params: { path: { job_id: id }, query: { inputs: true } } }));
