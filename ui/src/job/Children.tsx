import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { childrenQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { JobProgress } from "@/jobs/JobProgress";
import { StateBadge } from "@/jobs/StateBadge";
import { isUnderWay, subjectOf } from "@/jobs/states";
import { useTitles } from "@/jobs/useTitles";
import { usePolling } from "@/live/usePolling";
import { colourOf } from "@/ui/kinds";
import { ErrorNote } from "@/ui/Notes";

interface Props {
  job: Job;
  tally: NonNullable<Job["children"]>;
}

/** The jobs that this one asked for, below it as they stand. */
export function Children({ job, tally: { total, finished } }: Props) {
  const polling = usePolling();
  const children = useQuery({ ...childrenQuery(job.id), refetchInterval: () => polling(isUnderWay(job)) });
  if (children.isPending) return null;
  return (
    <section aria-labelledby="children-title" className="rounded-2xl border border-line bg-panel p-4 sm:p-6">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 id="children-title" className="font-display text-xl">
          Done by other jobs
        </h2>
        <p className="text-sm text-quiet tabular-nums">
          {finished} of {total} finished
        </p>
      </div>
      {children.data ? (
        <ul className="border-l border-line">
          {children.data.map((child) => (
            <Child key={child.id} child={child} />
          ))}
        </ul>
      ) : (
        <ErrorNote error={children.error} title="These jobs could not be loaded" onRetry={children.refetch} />
      )}
    </section>
  );
}

function Child({ child }: { child: Job }) {
  const title = useTitles()(child.pipeline);
  return (
    <li className="relative py-1.5 pl-5 before:absolute before:top-4 before:left-0 before:w-3 before:border-t before:border-line">
      <div className="flex items-baseline justify-between gap-3">
        <Link to={`/jobs/${child.id}`} className="min-w-0 underline-offset-4 hover:underline">
          <span className={`font-medium ${colourOf(child.pipeline)}`}>{title}</span>
          <span className="text-quiet">: </span>
          {subjectOf(child)}
        </Link>
        <span className="shrink-0">
          <StateBadge state={child.state} />
        </span>
      </div>
      {child.state === "running" && <JobProgress job={child} />}
      {child.error && <p className="text-sm text-bad">{child.error.message}</p>}
    </li>
  );
}
