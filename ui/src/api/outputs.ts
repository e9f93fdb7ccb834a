import { queryOptions } from "@tanstack/react-query";
import { asProblem, problemFrom } from "./problem";
import type { JobOutput } from "./types";

/** An output's text. Keyed by its address and attempt: a retry writes another output under the same name. */
export function textQuery(output: JobOutput, attempt: number) {
  return queryOptions({
    queryKey: ["output", output.url, attempt],
    queryFn: ({ signal }) => fetchText(output.url, signal),
  });
}

/** An output's JSON document, in the format that its media type names (docs/api.md). */
export function documentQuery<T>(output: JobOutput, attempt: number) {
  return queryOptions({
    queryKey: ["output", output.url, attempt, "json"],
    queryFn: async ({ signal }) => JSON.parse(await fetchText(output.url, signal)) as T,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal }).catch((reason: unknown) => {
    throw asProblem(reason);
  });
  if (response.ok) return response.text();
  const body: unknown = await response.json().catch(() => null);
  throw problemFrom(body, response.status, response.headers.get("Retry-After"));
}
