/** What is remembered of: the sources, their tags, and the collections that hold them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import { memoryKeys } from "./memory";
import type { Collection, Modality } from "./types";

const PAGE_SIZE = 25;

export interface SourceFilter {
  tag: string | null;
  collection: string | null;
  modality: Modality | null;
}

/** The sources, newest first, a page at a time. */
export function sourcesQuery(filter: SourceFilter) {
  return infiniteQueryOptions({
    queryKey: [...memoryKeys.sources, filter],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: PAGE_SIZE,
        ...(filter.tag && { tag: [filter.tag] }),
        ...(filter.modality && { modality: [filter.modality] }),
        ...(filter.collection && { collection: filter.collection }),
        ...(pageParam && { cursor: pageParam }),
      };
      return dataOf(api.GET("/api/v1/memory/sources", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export function sourceQuery(id: string) {
  return queryOptions({
    queryKey: memoryKeys.source(id),
    queryFn: ({ signal }) =>
      dataOf(api.GET("/api/v1/memory/sources/{source_id}", { params: { path: { source_id: id } }, signal })),
  });
}

/** All that is remembered of a source, in its own order, a page at a time. */
export function memoriesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: [...memoryKeys.source(id), "memories"],
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { source_id: id }, query: pageParam ? { cursor: pageParam } : {} };
      return dataOf(api.GET("/api/v1/memory/sources/{source_id}/memories", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export const tagsQuery = queryOptions({
  queryKey: memoryKeys.tags,
  queryFn: async ({ signal }) => (await dataOf(api.GET("/api/v1/memory/tags", { signal }))).items,
});

export const collectionsQuery = queryOptions({
  queryKey: memoryKeys.collections,
  queryFn: async ({ signal }) => (await dataOf(api.GET("/api/v1/memory/collections", { signal }))).items,
});

/** Give a source these tags and no others. */
export const tagSource = (source_id: string, tags: string[]): Promise<unknown> =>
  dataOf(api.PUT("/api/v1/memory/sources/{source_id}/tags", { params: { path: { source_id } }, body: { tags } }));

export const makeCollection = (name: string): Promise<Collection> =>
  dataOf(api.POST("/api/v1/memory/collections", { body: { name } }));

export const renameCollection = (collection_id: string, name: string): Promise<unknown> =>
  dataOf(
    api.PATCH("/api/v1/memory/collections/{collection_id}", { params: { path: { collection_id } }, body: { name } }),
  );

/** Delete a collection; its sources stay. */
export const deleteCollection = (collection_id: string): Promise<unknown> =>
  dataOf(api.DELETE("/api/v1/memory/collections/{collection_id}", { params: { path: { collection_id } } }));

export function collect(collection_id: string, source_id: string, isIn: boolean): Promise<unknown> {
  const path = "/api/v1/memory/collections/{collection_id}/sources/{source_id}";
  const params = { path: { collection_id, source_id } };
  return dataOf(isIn ? api.PUT(path, { params }) : api.DELETE(path, { params }));
}
