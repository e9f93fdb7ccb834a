import { useState } from "react";
import type { Choice, Field } from "./schema";

interface Props {
  field: Field;
  value: unknown;
  problem: string | null;
  onChange: (value: unknown) => void;
}

interface Described {
  id: string;
  "aria-describedby": string;
  "aria-invalid": boolean;
}

/** One parameter: its name, its control, what it does and what is wrong with it. */
export function FieldControl({ field, value, problem, onChange }: Props) {
  const id = `param-${field.name}`;
  const described = { id, "aria-describedby": `${id}-help`, "aria-invalid": problem !== null };
  const control = <Control field={field} value={value} onChange={onChange} described={described} />;
  return (
    <div className={field.control === "long-text" || field.control === "json" ? "sm:col-span-2" : ""}>
      {field.control === "switch" ? (
        <label htmlFor={id} className="flex items-center gap-2 text-sm font-medium">
          {control} {field.title}
        </label>
      ) : (
        <>
          <label htmlFor={id} className="mb-1 block text-sm font-medium">
            {field.title}
            {field.isRequired && <span className="font-normal text-quiet"> (needed)</span>}
          </label>
          {control}
        </>
      )}
      <div id={`${id}-help`} className="mt-1 text-xs">
        {problem && <p className="font-medium text-bad">{problem}</p>}
        <p className="text-quiet">{[field.description, rangeOf(field)].filter(Boolean).join(" ")}</p>
      </div>
    </div>
  );
}

type ControlProps = Omit<Props, "problem"> & { described: Described };

function Control(props: ControlProps) {
  const { field, value, onChange, described } = props;
  switch (field.control) {
    case "switch":
      return (
        <input
          {...described}
          type="checkbox"
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
          className="size-4 accent-accent"
        />
      );
    case "choice":
      return <ChoiceControl {...props} />;
    case "number":
      return (
        <input
          {...described}
          type="number"
          inputMode={field.isInteger ? "numeric" : "decimal"}
          step={field.isInteger ? 1 : "any"}
          min={field.minimum ?? undefined}
          max={field.maximum ?? undefined}
          required={field.isRequired}
          placeholder={field.isNullable ? "Automatic" : undefined}
          value={typeof value === "number" ? value : ""}
          onChange={({ target }) => onChange(target.value === "" ? undefined : target.valueAsNumber)}
          className="field"
        />
      );
    case "json":
      return <JsonControl {...props} />;
    default:
      return <TextControl {...props} />;
  }
}

function ChoiceControl({ field, value, onChange, described }: ControlProps) {
  const shown = (choice: Choice) => (choice === null ? "Automatic" : String(choice));
  return (
    <select
      {...described}
      value={field.choices.indexOf(value as Choice)}
      onChange={(event) => onChange(field.choices[Number(event.target.value)])}
      className="field"
    >
      {field.choices.map((choice, index) => (
        <option key={shown(choice)} value={index}>
          {shown(choice)}
        </option>
      ))}
    </select>
  );
}

function TextControl({ field, value, onChange, described }: ControlProps) {
  const shared = {
    ...described,
    value: typeof value === "string" ? value : "",
    required: field.isRequired,
    maxLength: field.maxLength ?? undefined,
    placeholder: field.isNullable ? "Automatic" : undefined,
    onChange: ({ target }: { target: { value: string } }) =>
      onChange(target.value === "" && field.isNullable ? undefined : target.value),
    className: "field placeholder:text-quiet",
  };
  return field.control === "long-text" ? <textarea {...shared} rows={3} /> : <input {...shared} type="text" />;
}

/** Lists and nested values are written as JSON; what does not parse yet is sent as text, and the API says so. */
function JsonControl({ value, onChange, described }: ControlProps) {
  const [text, setText] = useState(() => (value === null ? "" : JSON.stringify(value)));
  const write = (next: string) => {
    setText(next);
    onChange(next.trim() === "" ? undefined : parsed(next));
  };
  return (
    <textarea
      {...described}
      rows={2}
      spellCheck={false}
      value={text}
      onChange={(event) => write(event.target.value)}
      className="field font-mono text-sm"
    />
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function rangeOf({ minimum, maximum }: Field): string {
  if (minimum !== null && maximum !== null) return `From ${minimum} to ${maximum}.`;
  if (minimum !== null) return `At least ${minimum}.`;
  return maximum === null ? "" : `At most ${maximum}.`;
}
