import type { Job } from "@/api/types";
import { ProgressBar } from "@/ui/Bar";
import { QueueNote } from "./QueueNote";
import { awaitsOthers, isUnderWay, subjectOf } from "./states";

/** What a job waits for, or how far its run is; nothing once it is finished. */
export function JobProgress({ job }: { job: Job }) {
  if (job.state === "queued" && !awaitsOthers(job)) return <QueueNote job={job} />;
  if (!isUnderWay(job)) return null;
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
