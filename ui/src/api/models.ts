import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import type { Engine, Job } from "./types";

/** The pipeline whose jobs bring models. */
export const PULL = "models.pull";

/** Every engine with whether it can run, and every model that is known or here. */
export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => dataOf(api.GET("/api/v1/models", { signal })),
});

/** Have a model's weights brought; while a job does it already, that one is told. */
export const pullModel = (name: string): Promise<Job> => dataOf(api.POST("/api/v1/models", { body: { name } }));

/** Take a model from the server's disk. */
export const removeModel = (name: string): Promise<unknown> =>
  dataOf(api.DELETE("/api/v1/models/{name}", { params: { path: { name } } }));

/** Why no language model can write answers; null where one can, as far as is known. */
export function whyNobodyAnswers(engines: readonly Engine[]): string | null {
  const server = engines.find(({ capability, engine }) => capability === "answer" && engine === "openai-compatible");
  return server && !server.available && !server.why.startsWith("unknown") ? server.why : null;
}
