/** The memory as a whole: how it stands, its map, another model for it, and all of it as one archive. */
import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import { csrfHeaders } from "./csrf";
import { memoryKeys } from "./memory";
import { problemFrom, UNREACHABLE } from "./problem";
import type { Imported, Job, MemorySpace } from "./types";

/** Whose vectors are to be made anew, and by which model. */
export interface Reindexed {
  kind: MemorySpace["kind"];
  model: string;
}

/** Where a browser fetches everything as one archive. */
export const EXPORT_URL = "/api/v1/memory/export";

export const statusQuery = queryOptions({
  queryKey: memoryKeys.status,
  queryFn: ({ signal }) => dataOf(api.GET("/api/v1/memory/status", { signal })),
});

/** The job of the newest map; null while none was ever made. */
export const mapQuery = queryOptions<Job | null>({
  queryKey: memoryKeys.map,
  queryFn: ({ signal }) => dataOf(api.GET("/api/v1/memory/map", { signal })),
});

export const makeMap = (): Promise<Job> => dataOf(api.POST("/api/v1/memory/map", { body: {} }));

/** Compare by another model from now on; the old one serves until the new one knows everything. */
export const reindex = (asked: Reindexed): Promise<Job> => dataOf(api.POST("/api/v1/memory/reindex", { body: asked }));

/** Take in an archive, telling how much of it has arrived (0 to 1). */
export function importArchive(archive: File, onProgress: (fraction: number) => void): Promise<Imported> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch cannot tell the progress of an upload
    request.open("POST", "/api/v1/memory/import");
    request.responseType = "json";
    request.setRequestHeader("Content-Type", "application/zip");
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () =>
      request.status === 200 ? resolve(request.response) : reject(problemFrom(request.response, request.status));
    request.onerror = () => reject(UNREACHABLE);
    request.send(archive);
  });
}
