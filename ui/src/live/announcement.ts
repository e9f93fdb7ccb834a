import type { QueryClient } from "@tanstack/react-query";
import { REPLY } from "@/api/conversations";
import type { JobEvent } from "@/api/events";
import { pipelinesQuery } from "@/api/pipelines";
import { STATE_NAMES, STATES } from "@/jobs/states";
import { count } from "@/ui/format";

export type Ending = Extract<JobEvent, { type: "job.finished" }>;

/** What a screen reader is told of the jobs that ended lately; only ends are told, progress would never stop talking. */
export function announcementOf(client: QueryClient, endings: readonly Ending[]): string {
  const [first, ...others] = endings;
  if (!first) return "";
  if (others.length) return summaryOf(endings);
  const ending = `${nameOf(client, first.pipeline)}: ${labelOf(first.data.state)}.`;
  return first.data.error ? `${ending} ${first.data.error.message}` : ending;
}

function nameOf(client: QueryClient, pipeline: string): string {
  if (pipeline === REPLY) return "The reply";
  return client.getQueryData(pipelinesQuery.queryKey)?.find(({ name }) => name === pipeline)?.title ?? pipeline;
}

function summaryOf(endings: readonly Ending[]): string {
  const tallies = STATE_NAMES.map(
    (state) => [state, endings.filter(({ data }) => data.state === state).length] as const,
  );
  const told = tallies.filter(([, jobs]) => jobs > 0).map(([state, jobs]) => `${jobs} ${labelOf(state)}`);
  return `${count(endings.length, "job")} ended: ${told.join(", ")}.`;
}

const labelOf = (state: Ending["data"]["state"]) => STATES[state].label.toLowerCase();
