import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, Download, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
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
  const [isAsked, setAsked] = useState<boolean | null>(null); // null: not yet
  const place = useRef<HTMLDivElement>(null);
  const goToTitle = () => place.current?.closest("main")?.querySelector("h1")?.focus({ preventScroll: true });
  const { pull, cancel, remove } = useModelChanges(model, onPull, goToTitle);
  const isPending = pull.isPending || cancel.isPending || remove.isPending;
  const error = pull.error ?? cancel.error ?? remove.error;
  const isOurs = model.where === "models";
  return (
    // What had the focus goes with every change: it is handed on to what takes its place.
    <div ref={place} className="mt-2 flex flex-wrap items-center gap-2 empty:hidden">
      {isComing && job && (
        <Button
          icon={Ban}
          disabled={cancel.isPending}
          autoFocus={!pull.isIdle}
          aria-label={`Cancel: ${model.name}`}
          onClick={() => cancel.mutate(job.id)}
        >
          Cancel
        </Button>
      )}
      {!isComing && !model.present && isOurs && model.engine && (
        <Button
          icon={Download}
          disabled={isPending}
          autoFocus={!cancel.isIdle}
          aria-label={`Bring ${model.name}`}
          onClick={() => pull.mutate()}
        >
          Bring
        </Button>
      )}
      {!isComing && model.present && isOurs && !isAsked && (
        <Button
          look="quiet"
          icon={Trash2}
          aria-label={`Remove ${model.name}`}
          onClick={() => setAsked(true)}
          autoFocus={isAsked === false}
        >
          Remove
        </Button>
      )}
      {isAsked === true && model.present && (
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

function useModelChanges(model: Model, onPull: (job: Job) => void, onRemoved: () => void) {
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
      onRemoved();
      return refetch();
    },
  });
  return { pull, cancel, remove };
}
