import type { Job } from "@/api/types";
import { ProgressBar } from "@/ui/Bar";
import { roughly } from "@/ui/format";
import { subjectOf } from "./states";

/** Where a job stands in the queue, or how far its run is; nothing once it is finished. */
export function JobProgress({ job }: { job: Job }) {
  if (job.state === "queued") return <p className="text-sm text-quiet">{queueNote(job)}</p>;
  if (job.state !== "running") return null;
  const fraction = job.progress?.fraction || null; // 0: it has begun, and a model may take a while to load
  const percent = fraction === null ? "" : `${Math.round(fraction * 100)} %`;
  return (
    <div>
      <p className="mb-1 flex justify-between gap-3 text-sm text-quiet">
        <span>{job.progress?.note || "Under way"}</span>
        <span className="tabular-nums">{percent}</span>
      </p>
      <ProgressBar fraction={fraction} label={`Progress of ${subjectOf(job)}`} />
    </div>
  );
}

function queueNote({ position, eta_s }: Job): string {
  const place = position === null ? "Waiting for a worker" : `Number ${position} in the queue`;
  return eta_s ? `${place}, about ${roughly(eta_s)}` : place;
}
