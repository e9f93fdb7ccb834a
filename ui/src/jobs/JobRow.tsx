import { TriangleAlert } from "lucide-react";
import { Link } from "react-router";
import type { Job } from "@/api/types";
import { count, moment } from "@/ui/format";
import { colourOf } from "@/ui/kinds";
import { JobActions } from "./JobActions";
import { JobProgress } from "./JobProgress";
import { StateBadge } from "./StateBadge";
import { subjectOf } from "./states";

/** One job of the list: what, of what, how far. */
export function JobRow({ job, title }: { job: Job; title: string }) {
  return (
    <li className="relative overflow-hidden rounded-xl border border-line bg-panel py-2.5 pr-3 pl-5">
      <span aria-hidden="true" className={`absolute inset-y-0 left-0 w-1.5 bg-current ${colourOf(job.pipeline)}`} />
      <div className="flex items-baseline justify-between gap-3">
        <Link to={`/jobs/${job.id}`} className="min-w-0 font-medium underline-offset-4 hover:underline">
          {subjectOf(job)}
        </Link>
        <span className="shrink-0">
          <StateBadge state={job.state} />
        </span>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-3">
        <p className="text-sm text-quiet">
          {title}, <time dateTime={job.created_at}>{moment(job.created_at)}</time>
        </p>
        <div className="-mr-2 ml-auto">
          <JobActions job={job} isCompact />
        </div>
      </div>
      <JobProgress job={job} />
      {job.cached && <p className="text-sm text-quiet">Result of the same work, done before</p>}
      {job.error && <p className="text-sm text-bad">{job.error.message}</p>}
      {job.warnings.length > 0 && <WarningMark warnings={job.warnings} />}
    </li>
  );
}

/** That there is something to know of the result; the job's page tells it in full. */
function WarningMark({ warnings }: { warnings: readonly string[] }) {
  const text = warnings.join(" ");
  return (
    <p title={text} className="inline-flex items-center gap-1.5 text-sm text-warn">
      <TriangleAlert aria-hidden="true" className="size-4" />
      {count(warnings.length, "note")}
      <span className="sr-only">: {text}</span>
    </p>
  );
}
