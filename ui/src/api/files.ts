import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import { csrfHeaders } from "./csrf";
import { problemFrom, UNREACHABLE } from "./problem";
import type { FileText, StoredFile } from "./types";

/** Where the content of a file lies. */
export const contentUrl = (fileId: string): string => `/api/v1/files/${encodeURIComponent(fileId)}/content`;

/** Where a page of a PDF, or of a picture that browsers do not show, is drawn; boxes fit that were read at this `dpi`. */
export const pageUrl = (fileId: string, page: number, dpi = 200): string =>
  `/api/v1/files/${encodeURIComponent(fileId)}/pages/${page}?dpi=${dpi}`;

/**
 * Send a file as the raw body, telling how far it is (0 to 1). XMLHttpRequest because fetch cannot tell
 * the progress of an upload. Rejects with `ApiProblem`, or the signal's reason when aborted.
 */
export function uploadFile(
  file: File,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<StoredFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/files?name=${encodeURIComponent(file.name)}`);
    request.responseType = "json";
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () =>
      request.status === 201 ? resolve(request.response) : reject(problemFrom(request.response, request.status));
    request.onerror = () => reject(UNREACHABLE);
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

export const findFile = (id: string): Promise<StoredFile> =>
  dataOf(api.GET("/api/v1/files/{file_id}", { params: { path: { file_id: id } } }));

export function fileQuery(id: string) {
  return queryOptions({ queryKey: ["file", id], queryFn: () => findFile(id) });
}

/** What a document says: a page of a PDF, or what stands around a character of a text. Files never change. */
export function fileTextQuery(id: string, part: { page: number } | { at: number }) {
  return queryOptions<FileText>({
    queryKey: ["file", id, "text", part],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/api/v1/files/{file_id}/text", { params: { path: { file_id: id }, query: part }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export const deleteFile = (id: string): Promise<unknown> =>
  dataOf(api.DELETE("/api/v1/files/{file_id}", { params: { path: { file_id: id } } }));
