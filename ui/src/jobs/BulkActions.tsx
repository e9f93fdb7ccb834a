import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, type LucideIcon, RotateCcw } from "lucide-react";
import { useState } from "react";
import { type BulkAction, changeAll, countJobs } from "@/api/bulk";
import { asProblem } from "@/api/problem";
import type { JobState } from "@/api/types";
import { useAnnounce } from "@/ui/Announcer";
import { Button } from "@/ui/Button";
import { count } from "@/ui/format";
import { STATES } from "./states";

const MANY = 10; // from here on it is asked first

interface Look {
  label: string;
  icon: LucideIcon;
  question: (jobs: string) => string;
  done: (jobs: string) => string;
  look: "plain" | "danger";
}

const LOOKS: Record<BulkAction, Look> = {
  retry: {
    label: "Retry all",
    icon: RotateCcw,
    question: (jobs) => `Retry ${jobs}?`,
    done: (jobs) => `${jobs} queued again.`,
    look: "plain",
  },
  cancel: {
    label: "Cancel all",
    icon: Ban,
    question: (jobs) => `Cancel ${jobs}?`,
    done: (jobs) => `${jobs} cancelled.`,
    look: "danger",
  },
};

/** What may be done with all jobs of a state at once; those that are done well are left alone. */
const BULK: Record<JobState, BulkAction | null> = {
  queued: "cancel",
  running: "cancel",
  succeeded: null,
  failed: "retry",
  cancelled: "retry",
};

interface Props {
  state: JobState;
  /** Whether the list shows any. */
  isEmpty: boolean;
  /** What had the focus is gone. */
  onDone: () => void;
}

/** Retry or cancel every job of the chosen state, also those further down than what is shown. */
export function BulkActions({ state, isEmpty, onDone }: Props) {
  const action = BULK[state];
  return action && <Bulk key={state} state={state} action={action} isEmpty={isEmpty} onDone={onDone} />;
}

function Bulk({ state, action, isEmpty, onDone }: Props & { action: BulkAction }) {
  const { label, icon, question, done, look } = LOOKS[action];
  const { begin, change, asked, leave, soFar } = useBulk(action, state, onDone);
  const jobsOf = (jobs: number) => count(jobs, `${STATES[state].label.toLowerCase()} job`);
  const error = change.error ?? begin.error;
  const isBusy = begin.isPending || change.isPending;
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2 text-sm">
      {asked !== null ? (
        <fieldset aria-label={`${label}?`} className="flex flex-wrap items-center gap-2">
          <span>{question(jobsOf(asked))}</span>
          <Button look={look} icon={icon} onClick={() => change.mutate()} autoFocus>
            {label}
          </Button>
          <Button onClick={leave}>Leave them</Button>
        </fieldset>
      ) : (
        (!isEmpty || isBusy) && (
          <Button icon={icon} disabled={isBusy} onClick={() => begin.mutate()} autoFocus={begin.isSuccess}>
            {change.isPending ? `${count(soFar, "job")} so far…` : label}
          </Button>
        )
      )}
      {change.isSuccess && asked === null && <p className="text-quiet">{done(count(change.data, "job"))}</p>}
      {error && (
        <p role="alert" className="text-bad">
          {soFar > 0 && `Stopped: ${done(count(soFar, "job"))} `}
          {asProblem(error).message}
        </p>
      )}
    </div>
  );
}

function useBulk(action: BulkAction, state: JobState, onDone: () => void) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const [asked, setAsked] = useState<number | null>(null);
  const [soFar, setSoFar] = useState(0);
  const change = useMutation({
    mutationFn: () => changeAll(action, state, setSoFar),
    onMutate: () => {
      setAsked(null);
      setSoFar(0);
    },
    onSuccess: (jobs) => {
      announce(LOOKS[action].done(count(jobs, "job")));
      onDone();
    },
    onSettled: () => client.invalidateQueries(),
  });
  const begin = useMutation({
    mutationFn: () => countJobs(state),
    onMutate: change.reset,
    onSuccess: (jobs) => (jobs >= MANY ? setAsked(jobs) : change.mutate()),
  });
  return { begin, change, asked, leave: () => setAsked(null), soFar };
}
