import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useRef } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { deletionQuery, jobQuery } from "@/api/jobs";
import { asProblem } from "@/api/problem";
import type { Job } from "@/api/types";
import { Attempts } from "@/job/Attempts";
import { Children } from "@/job/Children";
import { JobHeader } from "@/job/JobHeader";
import { JobNotices } from "@/job/JobNotices";
import { LiveParts } from "@/job/LiveParts";
import { Outputs } from "@/job/Outputs";
import { RunDetails } from "@/job/RunDetails";
import { isUnderWay, subjectOf } from "@/jobs/states";
import { useTitles } from "@/jobs/useTitles";
import { usePolling } from "@/live/usePolling";
import { Gone } from "@/ui/Gone";
import { ErrorNote, Loading } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";
import { Listening } from "@/viewers/listening";

const PLACE_EVERY_MS = 5000; // others' finished jobs move the queue, and no event tells that

/** One job: what it is, what it gives while it runs, what it gave. */
export function JobRoute() {
  const { id = "" } = useParams();
  const polling = usePolling();
  const job = useQuery({
    ...jobQuery(id),
    refetchInterval: ({ state: { data } }) =>
      data?.state === "queued" ? PLACE_EVERY_MS : polling(data !== undefined && isUnderWay(data)),
  });
  const isMissing = job.isError && (!job.data || asProblem(job.error).status === 404);
  usePageTitle(job.data ? subjectOf(job.data) : "Job");
  return (
    <main id="main" className="mx-auto max-w-7xl px-3 py-6 sm:px-6">
      <Link to="/" className="mb-4 inline-flex items-center gap-1.5 text-sm text-quiet hover:text-ink">
        <ArrowLeft aria-hidden="true" className="size-4" /> All jobs
      </Link>
      {job.isPending && <Loading what="the job" />}
      {isMissing && <JobMissing id={id} job={job.data} error={job.error} onRetry={job.refetch} />}
      {job.data && !isMissing && <JobView job={job.data} />}
    </main>
  );
}

function JobView({ job }: { job: Job }) {
  const navigate = useNavigate();
  const title = useTitles()(job.pipeline);
  const heard = useRef<number | null>(null);
  const children = job.children !== null && job.children.total > 0 && <Children job={job} tally={job.children} />;
  return (
    <article className="space-y-6">
      <JobHeader job={job} title={title} onDeleted={() => navigate("/")} />
      <JobNotices job={job} />
      {isUnderWay(job) && children}
      <Listening.Provider value={heard}>
        {isUnderWay(job) || !job.outputs.length ? <LiveParts job={job} /> : <Outputs job={job} />}
      </Listening.Provider>
      {!isUnderWay(job) && children}
      <Attempts job={job} />
      <RunDetails job={job} />
    </article>
  );
}

interface MissingProps {
  id: string;
  /** As it was when it was last seen. */
  job: Job | undefined;
  error: Error;
  onRetry: () => void;
}

function JobMissing({ id, job, error, onRetry }: MissingProps) {
  const { data: deletedAt } = useQuery(deletionQuery(id));
  if (asProblem(error).status === 404) return <Gone what="job" name={job && subjectOf(job)} at={deletedAt} />;
  return (
    <>
      <h1 className="mb-4 font-display text-2xl">The job could not be loaded</h1>
      <ErrorNote error={error} onRetry={onRetry} />
    </>
  );
}
