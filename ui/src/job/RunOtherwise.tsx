import { useMutation, useQuery } from "@tanstack/react-query";
import { SlidersHorizontal } from "lucide-react";
import { useNavigate } from "react-router";
import { findFile } from "@/api/files";
import { pipelinesQuery } from "@/api/pipelines";
import { asProblem } from "@/api/problem";
import type { Job } from "@/api/types";
import { draftFrom } from "@/composer/draft";
import { Button } from "@/ui/Button";

/** Open the studio with this job's inputs and parameters, to change them and run them as a new job. */
export function RunOtherwise({ job }: { job: Job }) {
  const navigate = useNavigate();
  const pipelines = useQuery(pipelinesQuery);
  const ownLimit_s = pipelines.data?.find(({ name }) => name === job.pipeline)?.time_limit_s;
  const open = useMutation({
    mutationFn: () => Promise.all(job.inputs.map(({ file_id }) => findFile(file_id))),
    onSuccess: (files) => {
      draftFrom(job, files, ownLimit_s);
      navigate("/");
    },
  });
  return (
    <>
      <Button look="quiet" icon={SlidersHorizontal} disabled={open.isPending} onClick={() => open.mutate()}>
        Run with other parameters
      </Button>
      {open.isError && (
        <p role="alert" className="w-full text-sm text-bad">
          {asProblem(open.error).message}
        </p>
      )}
    </>
  );
}
