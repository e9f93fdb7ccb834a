import { useQuery } from "@tanstack/react-query";
import { pausesQuery } from "@/api/lanes";
import type { Job } from "@/api/types";
import { clock, duration, roughly } from "@/ui/format";
import { useNow } from "@/ui/useNow";

const EVERY_MS = 10_000; // no event tells that a server went away or came back

/** What a queued job waits for: its turn, another try, or a server. */
export function QueueNote({ job }: { job: Job }) {
  const pauses = useQuery({ ...pausesQuery, refetchInterval: EVERY_MS });
  const pause = pauses.data?.find(({ pipeline }) => pipeline === job.pipeline);
  if (job.not_before)
    return (
      <p className="text-sm text-warn tabular-nums">
        Tries again <Countdown at={job.not_before} />
      </p>
    );
  if (pause)
    return (
      <p className="text-sm text-warn tabular-nums">
        Waits for a server: {pause.reason.replace(/\.$/, "")}. Asks it again <Countdown at={pause.until} />
      </p>
    );
  return <p className="text-sm text-quiet">{placeOf(job)}</p>;
}

function Countdown({ at }: { at: string }) {
  const left_s = Math.ceil((Date.parse(at) - useNow()) / 1000);
  return <>{left_s > 0 ? `at ${clock(at)}, in ${duration(left_s)}` : "any moment"}</>;
}

function placeOf({ position, eta_s }: Job): string {
  const place = position === null ? "Waiting for a worker" : `Number ${position} in the queue`;
  return eta_s ? `${place}, about ${roughly(eta_s)}` : place;
}
