import { useQuery, useQueryClient } from "@tanstack/react-query";
import { partialQuery, partsQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { isUnderWay } from "@/jobs/states";
import { usePolling } from "@/live/usePolling";
import { ErrorNote, Loading } from "@/ui/Notes";
import { PartList } from "./PartList";

/** What the job has given so far, growing while it runs. */
export function LiveParts({ job }: { job: Job }) {
  const client = useQueryClient();
  const polling = usePolling();
  const parts = useQuery({ ...partsQuery(job, client), refetchInterval: polling(isUnderWay(job)) });
  const { data: partial } = useQuery(partialQuery(job.id));
  if (parts.isPending) return <Loading what="what is there so far" />;
  if (!parts.data)
    return <ErrorNote error={parts.error} title="The parts could not be loaded" onRetry={parts.refetch} />;
  const text = isUnderWay(job) ? String(partial?.body.text ?? "") : "";
  return (
    <section aria-labelledby="parts-title" className="rounded-2xl border border-line bg-panel p-4 sm:p-6">
      <h2 id="parts-title" className="mb-3 font-display text-xl">
        {isUnderWay(job) ? "As it comes" : "What came before the end"}
      </h2>
      {parts.data.length || text ? (
        <PartList job={job} parts={parts.data} />
      ) : (
        <p className="text-quiet">{EMPTY[job.state]}</p>
      )}
      {text && <p className="mt-1 pl-[4.75rem] text-quiet italic">{text}</p>}
    </section>
  );
}

const EMPTY: Record<Job["state"], string> = {
  queued: "Its results appear here piece by piece once it runs.",
  running: "The first piece appears here as soon as it is there.",
  succeeded: "This job gave nothing to show.",
  failed: "Nothing was made before it failed.",
  cancelled: "Nothing was made before it was cancelled.",
};
