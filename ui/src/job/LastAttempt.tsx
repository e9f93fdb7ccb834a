import { useQuery } from "@tanstack/react-query";
import { attemptsQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { WarningNote } from "@/ui/Notes";
import { hasHistory } from "./history";

/** Why a job that ran already waits again. */
export function LastAttempt({ job }: { job: Job }) {
  const isWaiting = job.state === "queued" && hasHistory(job);
  const attempts = useQuery({ ...attemptsQuery(job.id), enabled: isWaiting });
  const last = attempts.data?.at(-1);
  if (!isWaiting || !last?.error) return null;
  return (
    <section aria-label="Last attempt">
      <WarningNote>
        <p>
          Attempt {last.attempt} did not get to its end: {last.error.message}
        </p>
        <p className="mt-1 text-quiet">
          Code <code>{last.error.code}</code>.{" "}
          {job.not_before && "It is tried again by itself: there is nothing to do."}
        </p>
      </WarningNote>
    </section>
  );
}
