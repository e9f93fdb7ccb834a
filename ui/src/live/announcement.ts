import type { QueryClient } from "@tanstack/react-query";
import type { JobEvent } from "@/api/events";
import { pipelinesQuery } from "@/api/pipelines";
import { STATES } from "@/jobs/states";

/** What a screen reader is told of an event; only ends are told, progress would never stop talking. */
export function announcementOf(client: QueryClient, event: JobEvent): string | null {
  if (event.type !== "job.finished") return null;
  const title = client.getQueryData(pipelinesQuery.queryKey)?.find(({ name }) => name === event.pipeline)?.title;
  const ending = `${title ?? event.pipeline}: ${STATES[event.data.state].label.toLowerCase()}.`;
  return event.data.error ? `${ending} ${event.data.error.message}` : ending;
}
