import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, type LucideIcon, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { cancelJob, deleteJob, retryJob } from "@/api/jobs";
import { asProblem } from "@/api/problem";
import type { Job } from "@/api/types";
import { placeJob, removeJob } from "@/live/apply";
import { useAnnounce } from "@/ui/Announcer";
import { Button, IconButton } from "@/ui/Button";
import { ACTIONS, type Action, subjectOf } from "./states";

const LOOKS: Record<Action, { label: string; icon: LucideIcon }> = {
  cancel: { label: "Cancel", icon: Ban },
  retry: { label: "Run again", icon: RotateCcw },
  delete: { label: "Delete", icon: Trash2 },
};

interface Props {
  job: Job;
  onDeleted?: () => void;
  /** Icons alone, for a row of a list. */
  isCompact?: boolean;
}

/** Cancel, run again, delete: whatever the job's state allows. */
export function JobActions({ job, onDeleted, isCompact = false }: Props) {
  const [isAsking, setIsAsking] = useState(false);
  const { act, remove, isPending, error } = useActions(job, onDeleted);
  const onAction = (action: Action) => (action === "delete" ? setIsAsking(true) : act(action));
  if (isAsking && ACTIONS[job.state].includes("delete"))
    return (
      <fieldset aria-label={`Delete ${subjectOf(job)}?`} className="flex flex-wrap items-center gap-2 py-1">
        <span className="text-sm">Delete it with its results?</span>
        <Button look="danger" icon={Trash2} disabled={isPending} onClick={remove} autoFocus>
          Delete for good
        </Button>
        <Button onClick={() => setIsAsking(false)}>Keep</Button>
        <Failure error={error} />
      </fieldset>
    );
  return (
    <div className="flex flex-wrap items-center gap-1">
      {ACTIONS[job.state].map((action) => {
        const { label, icon } = LOOKS[action];
        const shared = { icon, disabled: isPending, onClick: () => onAction(action) };
        return isCompact ? (
          <IconButton {...shared} key={action} label={`${label}: ${subjectOf(job)}`} />
        ) : (
          <Button {...shared} key={action} look="quiet">
            {label}
          </Button>
        );
      })}
      <Failure error={error} />
    </div>
  );
}

function useActions(job: Job, onDeleted: (() => void) | undefined) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const change = useMutation({
    mutationFn: (action: "cancel" | "retry") => (action === "cancel" ? cancelJob(job.id) : retryJob(job.id)),
    onSuccess: (changed) => placeJob(client, changed),
  });
  const remove = useMutation({
    mutationFn: () => deleteJob(job.id),
    onSuccess: () => {
      onDeleted?.();
      removeJob(client, job.id);
      announce(`${subjectOf(job)} is deleted.`);
    },
  });
  return {
    act: change.mutate,
    remove: () => remove.mutate(),
    isPending: change.isPending || remove.isPending,
    error: change.error ?? remove.error,
  };
}

function Failure({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <p role="alert" className="w-full text-sm text-bad">
      {asProblem(error).message}
    </p>
  );
}
