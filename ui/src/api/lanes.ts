import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";

/** The pipelines that wait for a server which does not answer. */
export const pausesQuery = queryOptions({
  queryKey: ["lanes"],
  queryFn: async ({ signal }) =>
    (await dataOf(api.GET("/api/v1/lanes", { signal }))).items.flatMap(({ paused }) => paused),
  staleTime: 5000, // every queued job in sight asks
});
