import { useQueries } from "@tanstack/react-query";
import { jobQuery } from "@/api/jobs";
import type { Job } from "@/api/types";

const ASKED_FOR = 8; // of the queued jobs in sight; each is a request
const EVERY_MS = 5000; // others' finished jobs move the queue, and no event tells that

/** The jobs with their places in the queue, which a list does not carry. */
export function usePlaces(jobs: readonly Job[]): Job[] {
  const queued = jobs.filter(({ state }) => state === "queued").slice(-ASKED_FOR);
  const placed = useQueries({ queries: queued.map(({ id }) => ({ ...jobQuery(id), refetchInterval: EVERY_MS })) });
  const byId = new Map(placed.flatMap(({ data }) => (data ? [[data.id, data]] : [])));
  return jobs.map((job) => (job.state === "queued" && byId.get(job.id)) || job);
}
