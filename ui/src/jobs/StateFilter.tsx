import type { JobState } from "@/api/types";
import { STATE_NAMES, STATES } from "./states";

interface Props {
  chosen: JobState | null;
  onChoose: (state: JobState | null) => void;
}

/** Which jobs to show. */
export function StateFilter({ chosen, onChoose }: Props) {
  return (
    <label className="flex items-center gap-2 text-sm text-quiet">
      Show
      <select
        value={chosen ?? ""}
        onChange={({ target }) => onChoose(STATE_NAMES.find((state) => state === target.value) ?? null)}
        className="field w-auto! text-ink"
      >
        <option value="">All</option>
        {STATE_NAMES.map((state) => (
          <option key={state} value={state}>
            {STATES[state].label}
          </option>
        ))}
      </select>
    </label>
  );
}
