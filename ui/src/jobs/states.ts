import { Ban, CircleCheck, CircleX, Hourglass, LoaderCircle, type LucideIcon } from "lucide-react";
import type { Job, JobState } from "@/api/types";

interface StateLook {
  label: string;
  icon: LucideIcon;
  colour: string;
}

/** Every state there is: a new one is a compile error here. */
export const STATES: Record<JobState, StateLook> = {
  queued: { label: "Queued", icon: Hourglass, colour: "text-quiet" },
  running: { label: "Running", icon: LoaderCircle, colour: "text-accent" },
  succeeded: { label: "Done", icon: CircleCheck, colour: "text-good" },
  failed: { label: "Failed", icon: CircleX, colour: "text-bad" },
  cancelled: { label: "Cancelled", icon: Ban, colour: "text-quiet" },
};

export const STATE_NAMES = Object.keys(STATES) as JobState[];

export const isUnderWay = ({ state }: Job): boolean => state === "queued" || state === "running";

/** Whether a queued job waits for jobs that it asked for: no other has got anywhere. */
export const awaitsOthers = ({ state, progress }: Job): boolean =>
  state === "queued" && typeof progress?.fraction === "number";

export type Action = "cancel" | "retry" | "delete";

/** What may be asked of a job in each state. */
export const ACTIONS: Record<JobState, readonly Action[]> = {
  queued: ["cancel"],
  running: ["cancel"],
  succeeded: ["retry", "delete"],
  failed: ["retry", "delete"],
  cancelled: ["retry", "delete"],
};

/** What a job is called in a sentence: its first input, or what it was asked where it has none. */
export function subjectOf(job: Job): string {
  const [first, ...others] = job.inputs;
  if (!first) return askedFor(job.params) ?? "text";
  return others.length ? `${first.name} and ${others.length} more` : first.name;
}

/** The question, or the model's name: what a job without inputs works on. */
function askedFor({ question, name }: Job["params"]): string | undefined {
  return [question, name].find((one): one is string => typeof one === "string");
}
