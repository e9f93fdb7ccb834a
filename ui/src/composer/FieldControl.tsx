import { Control } from "./Control";
import { complaintAbout, type Field } from "./schema";

interface Props {
  field: Field;
  value: unknown;
  problem: string | null;
  onChange: (value: unknown) => void;
}

/** One parameter: its name, its control, what it does and what is wrong with it. */
export function FieldControl({ field, value, problem: refusal, onChange }: Props) {
  const problem = refusal ?? complaintAbout(field, value);
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
        {problem && (
          <p role={refusal ? "alert" : undefined} className="font-medium text-bad">
            {problem}
          </p>
        )}
        <p className="text-quiet">{[field.description, rangeOf(field)].filter(Boolean).join(" ")}</p>
      </div>
    </div>
  );
}

function rangeOf({ minimum, maximum }: Field): string {
  if (minimum !== null && maximum !== null) return `From ${minimum} to ${maximum}.`;
  if (minimum !== null) return `At least ${minimum}.`;
  return maximum === null ? "" : `At most ${maximum}.`;
}
