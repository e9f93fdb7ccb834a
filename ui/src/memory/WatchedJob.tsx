import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { jobQuery } from "@/api/jobs";
import { JobProgress } from "@/jobs/JobProgress";
import { isUnderWay } from "@/jobs/states";
import { usePolling } from "@/live/usePolling";

/** How far a job is that was started here, and how it ended. */
export function WatchedJob({ id, done }: { id: string; done: string }) {
  const polling = usePolling();
  const { data: job } = useQuery({
    ...jobQuery(id),
    refetchInterval: ({ state: { data } }) => polling(data !== undefined && isUnderWay(data)),
  });
  if (!job) return null;
  return (
    <div className="space-y-1 text-sm">
      <JobProgress job={job} />
      {job.state === "succeeded" && <p className="text-good">{done}</p>}
      {job.error && (
        <p role="alert" className="text-bad">
          {job.error.message}
        </p>
      )}
      <Link to={`/jobs/${job.id}`} className="text-accent underline underline-offset-4">
        Its job
      </Link>
    </div>
  );
}
