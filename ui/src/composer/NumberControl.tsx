import { useState } from "react";
import type { ControlProps } from "./controlProps";

/** A number, as typed while it is being typed. What cannot be sent stands only until the field is left. */
export function NumberControl({ field, value, onChange, described }: ControlProps) {
  const [typed, setTyped] = useState<string | null>(null); // null: not being typed, the value shows
  const write = (text: string) => {
    setTyped(text);
    onChange(text === "" ? undefined : Number(text));
  };
  return (
    <input
      {...described}
      type="number"
      inputMode={field.isInteger ? "numeric" : "decimal"}
      step={field.isInteger ? 1 : "any"}
      min={field.minimum ?? undefined}
      max={field.maximum ?? undefined}
      required={field.isRequired}
      placeholder={field.initial === null ? field.whenEmpty : String(field.initial)}
      value={typed ?? (typeof value === "number" ? value : "")}
      onChange={(event) => write(event.target.value)}
      onBlur={() => setTyped(null)}
      className="field placeholder:text-quiet"
    />
  );
}
