import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, Download, Trash2 } from "lucide-react";
import { useState } from "react";
import { cancelJob } from "@/api/jobs";
import { modelsQuery, pullModel, removeModel } from "@/api/models";
import { asProblem } from "@/api/problem";
import type { Job, Model } from "@/api/types";
import { placeJob } from "@/live/lists";
import { useAnnounce } from "@/ui/Announcer";
import { Button } from "@/ui/Button";
import { bytes } from "@/ui/format";

interface Props {
  model: Model;
  /** The job that brings it now, once it is known. */
  job: Job | null;
  isComing: boolean;
  onPull: (job: Job) => void;
}

/** Bring, cancel, remove: whatever can be done with the model now. */
export function ModelActions({ model, job, isComing, onPull }: Props) {
  const [isAsked, setAsked] = useState(false);
  const { pull, cancel, remove } = useModelChanges(model, onPull);
  const isPending = pull.isPending || cancel.isPending || remove.isPending;
  const error = pull.error ?? cancel.error ?? remove.error;
  const isOurs = model.where === "models";
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2 empty:hidden">
      {isComing && job && (
        <Button
          icon={Ban}
          disabled={isPending}
          aria-label={`Cancel: ${model.name}`}
          onClick={() => cancel.mutate(job.id)}
        >
          Cancel
        </Button>
      )}
      {!isComing && !model.present && isOurs && model.engine && (
        <Button icon={Download} disabled={isPending} aria-label={`Bring ${model.name}`} onClick={() => pull.mutate()}>
          Bring it
        </Button>
      )}
      {!isComing && model.present && isOurs && !isAsked && (
        <Button look="quiet" icon={Trash2} aria-label={`Remove ${model.name}`} onClick={() => setAsked(true)}>
          Remove
        </Button>
      )}
      {isAsked && model.present && (
        <Question model={model} isPending={isPending} onYes={() => remove.mutate()} onNo={() => setAsked(false)} />
      )}
      {error && (
        <p role="alert" className="w-full text-sm text-bad">
          {asProblem(error).message}
        </p>
      )}
    </div>
  );
}

interface QuestionProps {
  model: Model;
  isPending: boolean;
  onYes: () => void;
  onNo: () => void;
}

function Question({ model, isPending, onYes, onNo }: QuestionProps) {
  const size = model.size_bytes === null ? "" : ` (${bytes(model.size_bytes)})`;
  return (
    <fieldset aria-label={`Remove ${model.name}?`} className="flex flex-wrap items-center gap-2">
      <span className="text-sm">
        Take it from the server’s disk{size}?{model.loaded.length > 0 && " What holds it in memory keeps it for now."}
      </span>
      <Button look="danger" icon={Trash2} disabled={isPending} onClick={onYes} autoFocus>
        Remove for good
      </Button>
      <Button onClick={onNo}>Keep</Button>
    </fieldset>
  );
}

function useModelChanges(model: Model, onPull: (job: Job) => void) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const refetch = () => client.invalidateQueries({ queryKey: modelsQuery.queryKey });
  const pull = useMutation({
    mutationFn: () => pullModel(model.name),
    onSuccess: (job) => {
      placeJob(client, job);
      onPull(job);
      announce(`${model.name} is on its way.`);
      return refetch();
    },
  });
  const cancel = useMutation({
    mutationFn: cancelJob,
    onSuccess: (job) => {
      placeJob(client, job);
      return refetch();
    },
  });
  const remove = useMutation({
    mutationFn: () => removeModel(model.name),
    onSuccess: () => {
      announce(`${model.name} is removed.`);
      return refetch();
    },
  });
  return { pull, cancel, remove };
}
