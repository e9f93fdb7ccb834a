import { useState } from "react";
import type { ControlProps } from "./controlProps";
import { NumberControl } from "./NumberControl";
import { AUTOMATIC, type Choice, type Field } from "./schema";

const LANGUAGE = /^[a-z]{2,3}(-|$)/i; // what can be one (BCP 47): of anything else, such as auto, no name may be asked
const LANGUAGES = new Intl.DisplayNames("en", { type: "language" });

/** The control that a parameter's type asks for. */
export function Control(props: ControlProps) {
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
      return <NumberControl {...props} />;
    case "json":
      return <JsonControl {...props} />;
    default:
      return <TextControl {...props} />;
  }
}

function ChoiceControl({ field, value, onChange, described }: ControlProps) {
  const shown = (choice: Choice) => nameOf(field, choice);
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

function nameOf(field: Field, choice: Choice): string {
  if (choice === null) return AUTOMATIC;
  if (field.name !== "language" || !LANGUAGE.test(String(choice))) return String(choice);
  return `${choice} (${LANGUAGES.of(String(choice))})`;
}

function TextControl({ field, value, onChange, described }: ControlProps) {
  const shared = {
    ...described,
    value: typeof value === "string" ? value : "",
    required: field.isRequired,
    maxLength: field.maxLength ?? undefined,
    placeholder: field.isNullable ? field.whenEmpty : undefined,
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
