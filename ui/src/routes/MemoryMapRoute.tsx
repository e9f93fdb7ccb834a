import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Map as MapIcon } from "lucide-react";
import { memoryKeys } from "@/api/memory";
import { ApiProblem, asProblem } from "@/api/problem";
import type { Job } from "@/api/types";
import { makeMap, mapQuery, statusQuery } from "@/api/upkeep";
import { JobProgress } from "@/jobs/JobProgress";
import { isUnderWay } from "@/jobs/states";
import { placeJob } from "@/live/lists";
import { usePolling } from "@/live/usePolling";
import { NothingFound } from "@/memory/NothingFound";
import { useAnnounce } from "@/ui/Announcer";
import { Button } from "@/ui/Button";
import { moment } from "@/ui/format";
import { ErrorNote, Loading, WarningNote } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";
import { MapViewer } from "@/viewers/MapViewer";

/** The newest map of the memory, and a new one when it is wanted. */
export function MemoryMapRoute() {
  usePageTitle("Map – Memory");
  const polling = usePolling();
  const newest = useQuery({
    ...mapQuery,
    refetchInterval: ({ state: { data } }) => polling(!!data && isUnderWay(data)),
  });
  const status = useQuery(statusQuery).data;
  if (newest.isPending) return <Loading what="the map" />;
  if (newest.data === undefined)
    return <ErrorNote error={newest.error} title="The map could not be loaded" onRetry={newest.refetch} />;
  const job = newest.data;
  if (status?.memories === 0) return <NothingFound status={status} isNarrowed={false} />;
  return (
    <section aria-label="Map" className="space-y-4">
      <MakeMap job={job} />
      {job && isUnderWay(job) && <JobProgress job={job} />}
      {job?.error && (
        <ErrorNote
          error={new ApiProblem({ ...job.error, detail: job.error.message }, 0)}
          title="The map was not made"
        />
      )}
      {job?.warnings.map((warning) => (
        <WarningNote key={warning}>{warning}</WarningNote>
      ))}
      {job?.outputs.map((output) => (
        <MapViewer key={`${output.url} ${job.attempt}`} output={output} job={job} />
      ))}
    </section>
  );
}

function MakeMap({ job }: { job: Job | null }) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const make = useMutation({
    mutationFn: makeMap,
    onSuccess: (made) => {
      placeJob(client, made);
      client.setQueryData(memoryKeys.map, made);
      announce("The map is being made.");
    },
  });
  const isBusy = make.isPending || (job !== null && isUnderWay(job));
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button look={job ? "plain" : "primary"} icon={MapIcon} disabled={isBusy} onClick={() => make.mutate()}>
        {job ? "Make it anew" : "Make the map"}
      </Button>
      <p className="text-sm text-quiet">
        {job?.finished_at && job.state === "succeeded"
          ? `Made ${moment(job.finished_at)}; what came since is not on it.`
          : "Everything that is remembered, laid out by what it means."}
      </p>
      {make.error && (
        <p role="alert" className="w-full text-sm text-bad">
          {asProblem(make.error).message}
        </p>
      )}
    </div>
  );
}
