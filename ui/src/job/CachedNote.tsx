import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useRef } from "react";
import { useNavigate } from "react-router";
import { submitJob } from "@/api/jobs";
import { newKey } from "@/api/key";
import { asProblem } from "@/api/problem";
import type { Job, NewJob } from "@/api/types";
import { placeJob } from "@/live/lists";
import { useAnnounce } from "@/ui/Announcer";
import { Button } from "@/ui/Button";

/** That a kept result served again, and the way round it: the same as a new job that does the work. */
export function CachedNote({ job }: { job: Job }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const key = useRef(newKey());
  const anew = useMutation({
    mutationFn: () => submitJob(sameAnew(job), key.current),
    onSuccess: (accepted) => {
      placeJob(client, accepted);
      announce("The job is accepted.");
      navigate(`/jobs/${accepted.id}`);
    },
  });
  if (!job.cached) return null;
  return (
    <section
      aria-label="Where the result is from"
      className="flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line bg-sunken p-4 text-sm"
    >
      <p className="min-w-48 flex-1">
        The same work was done before, with the same input, settings and engine, so its result was taken from there.
      </p>
      <Button icon={RefreshCw} disabled={anew.isPending} onClick={() => anew.mutate()}>
        Do it anew
      </Button>
      {anew.isError && (
        <p role="alert" className="w-full text-bad">
          {asProblem(anew.error).message}
        </p>
      )}
    </section>
  );
}

function sameAnew({ pipeline, params, priority, time_limit_s, inputs }: Job): NewJob {
  return { pipeline, params, priority, time_limit_s, files: inputs.map(({ file_id }) => file_id), fresh: true };
}
