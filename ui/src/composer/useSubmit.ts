import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { submitJob } from "@/api/jobs";
import { newKey } from "@/api/key";
import type { Job, JsonObject, NewJob, Pipeline } from "@/api/types";
import { placeJob } from "@/live/lists";
import { useAnnounce } from "@/ui/Announcer";

export interface Draft {
  pipeline: Pipeline;
  params: JsonObject;
  /** Null: as long as the pipeline allows by itself. */
  minutes: number | null;
  /** Whether what comes of it is to be found again in the memory. */
  remember: boolean;
  sources: { text: string } | { files: readonly string[] };
}

/** The jobs that a draft makes: one for all its files where the pipeline takes that many, else one for each. */
export function jobsOf({ pipeline, params, minutes, remember, sources }: Draft): NewJob[] {
  const limit = minutes === null ? {} : { time_limit_s: minutes * 60 };
  const shared = { pipeline: pipeline.name, params, priority: "interactive" as const, remember, ...limit };
  if ("files" in sources && !sources.files.length) return [shared];
  if ("text" in sources) return [{ ...shared, text: sources.text }];
  if (sources.files.length <= pipeline.max_sources) return [{ ...shared, files: [...sources.files] }];
  return sources.files.map((id) => ({ ...shared, files: [id] }));
}

/**
 * Submit a draft's jobs in order; `onAccepted` hears of each, so that a failure half-way repeats none of them, and
 * `onRun` once all are accepted. Where an answer was lost, running the same draft again makes no second job.
 */
export function useSubmit(onAccepted: (body: NewJob) => void, onRun: () => void) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const keys = useRef(new Map<string, string>());
  return useMutation({
    mutationFn: async (draft: Draft): Promise<Job[]> => {
      const accepted: Job[] = [];
      for (const body of jobsOf(draft)) {
        const asked = JSON.stringify(body);
        const key = keys.current.get(asked) ?? newKey();
        keys.current.set(asked, key);
        const job = await submitJob(body, key);
        keys.current.delete(asked);
        placeJob(client, job);
        onAccepted(body);
        accepted.push(job);
      }
      return accepted;
    },
    onSuccess: (jobs) => {
      announce(jobs.length === 1 ? "The job is accepted." : `${jobs.length} jobs are accepted.`);
      onRun();
    },
  });
}
