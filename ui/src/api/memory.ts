/** The memory: what is asked of it, one memory and what stands around it, pins and notes. */
import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import type { Found, Memory, MemoryInContext, MemoryKind, Modality } from "./types";

const PAGE_SIZE = 20;
const SIMILAR = 8;

export const memoryKeys = {
  all: ["memory"] as const,
  searches: ["memory", "search"] as const,
  one: (id: string) => ["memory", "one", id] as const,
  similar: (id: string) => ["memory", "similar", id] as const,
  sources: ["memory", "sources"] as const,
  source: (id: string) => ["memory", "source", id] as const,
  tags: ["memory", "tags"] as const,
  collections: ["memory", "collections"] as const,
  status: ["memory", "status"] as const,
  map: ["memory", "map"] as const,
};

/** What news of the memory changes; what is being read stays as it is. */
const TOLD_AS_IT_COMES = [memoryKeys.status, memoryKeys.sources, memoryKeys.tags, memoryKeys.map];

export function refetchMemory(client: QueryClient): void {
  for (const queryKey of TOLD_AS_IT_COMES) void client.invalidateQueries({ queryKey });
}

/** What is looked for, and which memories may be found: an empty list lets all through. Times are days, YYYY-MM-DD. */
export interface Asked {
  q: string;
  modality: Modality[];
  kind: MemoryKind[];
  language: string[];
  tag: string[];
  source: string[];
  collection: string | null;
  since: string | null;
  until: string | null;
  pinned: boolean;
}

/** What fits best, a page at a time; with a picture, what is like it. Without a question the newest. */
export function searchQuery(asked: Asked, picture: File | null = null) {
  const isOf = picture && [picture.name, picture.size, picture.lastModified];
  return infiniteQueryOptions({
    queryKey: [...memoryKeys.searches, asked, isOf],
    queryFn: ({ pageParam, signal }) => {
      const page = { limit: PAGE_SIZE, offset: pageParam };
      return picture ? askByPicture(asked, picture, page, signal) : askByWords(asked, page, signal);
    },
    initialPageParam: 0,
    getNextPageParam: (page, pages) => (page.more ? pages.length * PAGE_SIZE : null),
    placeholderData: keepPreviousData,
  });
}

interface Slice {
  limit: number;
  offset: number;
}

/** Asked by POST: an address has no room for a long question. */
const askByWords = ({ q, ...asked }: Asked, slice: Slice, signal: AbortSignal): Promise<Found> =>
  dataOf(api.POST("/api/v1/memory/search", { body: { text: q, ...filterOf(asked), ...slice }, signal }));

function askByPicture({ q, ...asked }: Asked, picture: File, slice: Slice, signal: AbortSignal): Promise<Found> {
  const form = new FormData();
  form.append("text", q);
  form.append("filter", JSON.stringify({ ...filterOf(asked), ...slice }));
  form.append("file", picture); // last: what stands before it is checked while it arrives
  return dataOf(api.POST("/api/v1/memory/search", { body: {}, bodySerializer: () => form, signal }));
}

/** The filters that let not everything through. A day ends with its last millisecond, by this device's clock. */
function filterOf({ since, until, collection, pinned, ...lists }: Omit<Asked, "q">) {
  const named = Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length > 0)) as typeof lists;
  return {
    ...named,
    ...(collection && { collection }),
    ...(pinned && { pinned }),
    ...(since && { since: new Date(`${since}T00:00:00`).toISOString() }),
    ...(until && { until: new Date(`${until}T23:59:59.999`).toISOString() }),
  };
}

/** A memory with its source, what stands before and behind it, and its notes. */
export function memoryQuery(id: string) {
  return queryOptions<MemoryInContext>({
    queryKey: memoryKeys.one(id),
    queryFn: ({ signal }) =>
      dataOf(api.GET("/api/v1/memory/{memory_id}", { params: { path: { memory_id: id } }, signal })),
  });
}

export function similarQuery(id: string) {
  return queryOptions<Found>({
    queryKey: memoryKeys.similar(id),
    queryFn: ({ signal }) => {
      const params = { path: { memory_id: id }, query: { limit: SIMILAR } };
      return dataOf(api.GET("/api/v1/memory/{memory_id}/similar", { params, signal }));
    },
  });
}

export function pin({ id, pinned_at }: Memory): Promise<unknown> {
  const params = { path: { memory_id: id } };
  if (pinned_at === null) return dataOf(api.PUT("/api/v1/memory/{memory_id}/pin", { params }));
  return dataOf(api.DELETE("/api/v1/memory/{memory_id}/pin", { params }));
}

/** Write a note on a source, at one of its memories if that is named. */
export const writeNote = (source_id: string, text: string, memory_id: string | null): Promise<Memory> =>
  dataOf(api.POST("/api/v1/memory/notes", { body: { source_id, text, memory_id } }));

export const rewriteNote = (memory_id: string, text: string): Promise<Memory> =>
  dataOf(api.PATCH("/api/v1/memory/notes/{memory_id}", { params: { path: { memory_id } }, body: { text } }));

export const deleteNote = (memory_id: string): Promise<unknown> =>
  dataOf(api.DELETE("/api/v1/memory/{memory_id}", { params: { path: { memory_id } } }));
