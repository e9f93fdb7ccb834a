import { useState } from "react";
import type { FieldProblem, Pipeline } from "@/api/types";
import { duration } from "@/ui/format";
import { FieldControl } from "./FieldControl";
import type { Field } from "./schema";
import { sentenceOf } from "./sentence";

export const TIME_LIMIT = "time_limit_s"; // what a problem of the API is about

interface Props {
  pipeline: Pipeline;
  minutes: number | null;
  problems: readonly FieldProblem[];
  onChange: (minutes: number | null) => void;
}

/** How long the job may take, folded away: the pipeline's own limit does for nearly all. */
export function TimeLimit({ pipeline, minutes, problems, onChange }: Props) {
  const [isOpen, setIsOpen] = useState(minutes !== null);
  const refusal = problems.find(({ where }) => where === TIME_LIMIT);
  const field = fieldOf(pipeline);
  return (
    <details open={isOpen || refusal !== undefined} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="text-sm text-quiet">Time limit</summary>
      <div className="mt-2 max-w-sm">
        <FieldControl
          field={field}
          value={minutes}
          problem={refusal ? sentenceOf(refusal.message, field.title) : null}
          onChange={(value) => onChange(typeof value === "number" ? value : null)}
        />
      </div>
    </details>
  );
}

function fieldOf({ name, time_limit_s }: Pipeline): Field {
  return {
    name: `${name}-minutes`,
    title: "Give up after (minutes)",
    description: `A job that takes longer is stopped and fails. Left empty: after ${duration(time_limit_s)}.`,
    whenEmpty: String(time_limit_s / 60),
    control: "number",
    choices: [],
    isInteger: false,
    isNullable: true,
    isRequired: false,
    minimum: 0.1,
    maximum: 7 * 24 * 60,
    maxLength: null,
    initial: null,
  };
}
