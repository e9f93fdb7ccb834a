import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import type { Pipeline } from "./types";

export const pipelinesQuery = queryOptions({
  queryKey: ["pipelines"],
  queryFn: async ({ signal }) => (await dataOf(api.GET("/api/v1/pipelines", { signal }))).items,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whether the pipeline takes this media type; `accepts` holds types and patterns such as `audio/*`. */
export function takes(pipeline: Pipeline, mediaType: string): boolean {
  const bare = mediaType.split(";", 1)[0]?.trim() ?? "";
  return pipeline.accepts.some((pattern) =>
    pattern.endsWith("*") ? bare.startsWith(pattern.slice(0, -1)) : bare === pattern,
  );
}

/** The pipelines that take every one of these media types, one for each source, and so many of them. */
export function pipelinesFor(pipelines: readonly Pipeline[], mediaTypes: readonly string[]): Pipeline[] {
  return pipelines.filter(
    (pipeline) => mediaTypes.every((mediaType) => takes(pipeline, mediaType)) && isEnough(pipeline, mediaTypes.length),
  );
}

/** Whether it works on files or a text, and without any too: it is asked something. */
export const needsNothing = ({ min_sources, accepts, params_schema }: Pipeline): boolean =>
  min_sources === 0 && accepts.length > 0 && "question" in Object(params_schema.properties);

/** What takes one source is run once for each; what needs several, such as a pair, can do nothing with less or more. */
function isEnough({ min_sources, max_sources }: Pipeline, sources: number): boolean {
  return sources === 0 || min_sources < 2 || (sources >= min_sources && sources <= max_sources);
}
