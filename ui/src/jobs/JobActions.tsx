import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, type LucideIcon, RotateCcw, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { cancelJob, deleteJob, retryJob } from "@/api/jobs";
import { asProblem } from "@/api/problem";
import type { Job } from "@/api/types";
import { placeJob, removeJob } from "@/live/lists";
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

/** What is asked before something is lost, and how the two answers are called. */
const QUESTIONS: Record<"retry" | "delete", { question: string; yes: string; look: "danger" | "plain" }> = {
  retry: { question: "Run it again? Its results are thrown away.", yes: "Run it again", look: "plain" },
  delete: {
    question: "Delete it with its results, and its inputs where no other job uses them?",
    yes: "Delete for good",
    look: "danger",
  },
};

const isAskedFirst = (action: Action, job: Job): action is keyof typeof QUESTIONS =>
  action === "delete" || (action === "retry" && (job.state === "succeeded" || job.outputs.length > 0));

/** Cancel, run again, delete: whatever the job's state allows. */
export function JobActions({ job, onDeleted, isCompact = false }: Props) {
  const [asked, setAsked] = useState<Action | null>(null);
  const { act, isPending, error } = useActions(job, onDeleted);
  if (asked && ACTIONS[job.state].includes(asked) && isAskedFirst(asked, job))
    return (
      <Question job={job} action={asked} isPending={isPending} onYes={() => act(asked)} onNo={() => setAsked(null)}>
        <Failure error={error} />
      </Question>
    );
  const onAction = (action: Action) => (isAskedFirst(action, job) ? setAsked(action) : act(action));
  return (
    <div className="flex flex-wrap items-center gap-1">
      {ACTIONS[job.state].map((action) => {
        const { label, icon } = LOOKS[action];
        const shared = { icon, disabled: isPending, onClick: () => onAction(action) };
        return isCompact ? (
          <IconButton {...shared} key={action} label={`${label}: ${subjectOf(job)}`} title={label} />
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

interface QuestionProps {
  job: Job;
  action: keyof typeof QUESTIONS;
  isPending: boolean;
  onYes: () => void;
  onNo: () => void;
  children: ReactNode;
}

function Question({ job, action, isPending, onYes, onNo, children }: QuestionProps) {
  const { question, yes, look } = QUESTIONS[action];
  const { label, icon } = LOOKS[action];
  return (
    <fieldset aria-label={`${label}: ${subjectOf(job)}?`} className="flex flex-wrap items-center gap-2 py-1 pl-3">
      <span className="text-sm">{question}</span>
      <Button look={look} icon={icon} disabled={isPending} onClick={onYes} autoFocus>
        {yes}
      </Button>
      <Button onClick={onNo}>Keep</Button>
      {children}
    </fieldset>
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
    act: (action: Action) => (action === "delete" ? remove.mutate() : change.mutate(action)),
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
