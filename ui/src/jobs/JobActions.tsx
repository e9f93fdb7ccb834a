import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { cancelJob, deleteJob, retryJob } from "@/api/jobs";
import { asProblem } from "@/api/problem";
import type { Job } from "@/api/types";
import { placeJob, removeJob } from "@/live/apply";
import { useAnnounce } from "@/ui/Announcer";
import { Button } from "@/ui/Button";
import { ACTIONS, subjectOf } from "./states";

/** Cancel, run again, delete: whatever the job's state allows. */
export function JobActions({ job, onDeleted }: { job: Job; onDeleted?: () => void }) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const [isAsking, setIsAsking] = useState(false);
  const place = (changed: Job) => placeJob(client, changed);
  const cancel = useMutation({ mutationFn: () => cancelJob(job.id), onSuccess: place });
  const retry = useMutation({ mutationFn: () => retryJob(job.id), onSuccess: place });
  const remove = useMutation({
    mutationFn: () => deleteJob(job.id),
    onSuccess: () => {
      removeJob(client, job.id);
      announce(`${subjectOf(job)} is deleted.`);
      onDeleted?.();
    },
  });
  const allowed = ACTIONS[job.state];
  const failed = cancel.error ?? retry.error ?? remove.error;
  const about = <span className="sr-only"> {subjectOf(job)}</span>;
  if (isAsking && allowed.includes("delete"))
    return (
      <fieldset aria-label={`Delete ${subjectOf(job)}?`} className="flex flex-wrap items-center gap-2">
        <span className="text-sm">Delete it with its results?</span>
        <Button look="danger" icon={Trash2} disabled={remove.isPending} onClick={() => remove.mutate()} autoFocus>
          Delete for good
        </Button>
        <Button onClick={() => setIsAsking(false)}>Keep</Button>
        {remove.error && <Failure error={remove.error} />}
      </fieldset>
    );
  return (
    <div className="flex flex-wrap items-center gap-1">
      {allowed.includes("cancel") && (
        <Button look="quiet" icon={Ban} disabled={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel{about}
        </Button>
      )}
      {allowed.includes("retry") && (
        <Button look="quiet" icon={RotateCcw} disabled={retry.isPending} onClick={() => retry.mutate()}>
          Run again{about}
        </Button>
      )}
      {allowed.includes("delete") && (
        <Button look="quiet" icon={Trash2} onClick={() => setIsAsking(true)}>
          Delete{about}
        </Button>
      )}
      {failed && <Failure error={failed} />}
    </div>
  );
}

function Failure({ error }: { error: Error }) {
  return (
    <p role="alert" className="w-full text-sm text-bad">
      {asProblem(error).message}
    </p>
  );
}
