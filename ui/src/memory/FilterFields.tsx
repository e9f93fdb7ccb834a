import type { ReactNode } from "react";

interface ChoiceProps {
  label: string;
  value: string;
  onChoose: (value: string) => void;
  children: ReactNode;
}

/** One of several, or any. */
export function Choice({ label, value, onChoose, children }: ChoiceProps) {
  return (
    <label className="text-sm text-quiet">
      {label}
      <select value={value} onChange={({ target }) => onChoose(target.value)} className="field mt-1 text-ink">
        <option value="">Any</option>
        {children}
      </select>
    </label>
  );
}

interface DayProps {
  label: string;
  /** YYYY-MM-DD. */
  value: string | null;
  onChoose: (day: string | null) => void;
}

export function Day({ label, value, onChoose }: DayProps) {
  return (
    <label className="text-sm text-quiet">
      {label}
      <input
        type="date"
        value={value ?? ""}
        onChange={({ target }) => onChoose(target.value || null)}
        className="field mt-1 text-ink"
      />
    </label>
  );
}
