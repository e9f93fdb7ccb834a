import { api, dataOf } from "./client";
import { problemFrom, UNREACHABLE } from "./problem";
import type { StoredFile } from "./types";

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

export const deleteFile = (id: string): Promise<unknown> =>
  dataOf(api.DELETE("/api/v1/files/{file_id}", { params: { path: { file_id: id } } }));
