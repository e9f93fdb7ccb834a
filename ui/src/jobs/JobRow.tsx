import { Link } from "react-router";
import type { Job } from "@/api/types";
import { moment } from "@/ui/format";
import { colourOf } from "@/ui/kinds";
import { JobActions } from "./JobActions";
import { JobProgress } from "./JobProgress";
import { StateBadge } from "./StateBadge";
import { subjectOf } from "./states";

/** One job of the list: what, of what, how far. */
export function JobRow({ job, title }: { job: Job; title: string }) {
  return (
    <li className="relative overflow-hidden rounded-xl border border-line bg-panel p-3 pl-5">
      <span aria-hidden="true" className={`absolute inset-y-0 left-0 w-1.5 bg-current ${colourOf(job.pipeline)}`} />
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <Link to={`/jobs/${job.id}`} className="font-medium underline-offset-4 hover:underline">
          {subjectOf(job)}
        </Link>
        <StateBadge state={job.state} />
      </div>
      <p className="mb-1 flex flex-wrap justify-between gap-x-3 text-sm text-quiet">
        <span>{title}</span>
        <time dateTime={job.created_at}>{moment(job.created_at)}</time>
      </p>
      <JobProgress job={job} />
      {job.error && <p className="text-sm text-bad">{job.error.message}</p>}
      {job.warnings.length > 0 && <p className="text-sm text-warn">{job.warnings.join(" ")}</p>}
      <div className="-mb-1 -ml-3 mt-1">
        <JobActions job={job} />
      </div>
    </li>
  );
}
