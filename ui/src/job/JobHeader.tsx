import { Link } from "react-router";
import { PULL } from "@/api/models";
import type { Job } from "@/api/types";
import { JobActions } from "@/jobs/JobActions";
import { JobProgress } from "@/jobs/JobProgress";
import { StateBadge } from "@/jobs/StateBadge";
import { subjectOf } from "@/jobs/states";
import { colourOf } from "@/ui/kinds";
import { RunOtherwise } from "./RunOtherwise";

interface Props {
  job: Job;
  title: string;
  onDeleted: () => void;
}

/** What the job is, how it stands, and who did it. */
export function JobHeader({ job, title, onDeleted }: Props) {
  return (
    <header className="rounded-2xl border border-line bg-panel p-4 sm:p-6">
      <p className={`text-sm font-medium ${colourOf(job.pipeline)}`}>{title}</p>
      <div className="mt-1 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h1 className="font-display text-2xl sm:text-3xl">{subjectOf(job)}</h1>
        <StateBadge state={job.state} />
      </div>
      {job.parent_id !== null && (
        <p className="mt-1 text-sm">
          <Link to={`/jobs/${job.parent_id}`} className="text-accent underline-offset-4 hover:underline">
            Asked for by another job
          </Link>
        </p>
      )}
      {job.engine && (
        <p className="mt-2 text-sm text-quiet">
          Made by <strong className="font-semibold text-ink">{job.engine.name}</strong>, {job.engine.model}
          {job.engine.version && ` (${job.engine.version})`}.
        </p>
      )}
      <div className="mt-3">
        <JobProgress job={job} />
      </div>
      <div className="-mb-2 -ml-3 mt-2 flex flex-wrap items-center gap-1">
        <JobActions job={job} onDeleted={onDeleted} />
        {job.finished_at !== null && job.pipeline !== PULL && <RunOtherwise job={job} />}
      </div>
    </header>
  );
}
