import type { JobState } from "@/api/types";
import { STATES } from "./states";

export function StateBadge({ state }: { state: JobState }) {
  const { label, icon: Icon, colour } = STATES[state];
  return (
    <span className={`inline-flex items-center gap-1.5 text-sm font-medium ${colour}`}>
      <Icon
        aria-hidden="true"
        className={`size-4 ${state === "running" ? "animate-spin [animation-duration:2.5s]" : ""}`}
      />
      {label}
    </span>
  );
}
