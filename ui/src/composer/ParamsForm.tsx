import type { FieldProblem, JsonObject } from "@/api/types";
import { FieldControl } from "./FieldControl";
import { type Field, fieldsOf } from "./schema";
import { sentenceOf } from "./sentence";

interface Props {
  schema: JsonObject;
  params: JsonObject;
  problems: readonly FieldProblem[];
  onChange: (params: JsonObject) => void;
}

/** A pipeline's form, drawn from its schema. `params` holds only what differs from the defaults. */
export function ParamsForm({ schema, params, problems, onChange }: Props) {
  const fields = fieldsOf(schema).filter(({ choices }) => choices.length !== 1); // of one value there is no choice
  if (!fields.length) return <p className="text-sm text-quiet">Nothing to set.</p>;
  const set = (field: Field, value: unknown) => {
    const { [field.name]: _, ...rest } = params;
    onChange(value === undefined || value === field.initial ? rest : { ...rest, [field.name]: value });
  };
  return (
    <div className="grid gap-x-6 gap-y-4 sm:grid-cols-2">
      {fields.map((field) => (
        <FieldControl
          key={field.name}
          field={field}
          value={field.name in params ? params[field.name] : field.initial}
          problem={refusalOf(field, problems)}
          onChange={(value) => set(field, value)}
        />
      ))}
    </div>
  );
}

function refusalOf({ name, title }: Field, problems: readonly FieldProblem[]): string | null {
  const found = problems.find(({ where }) => isAbout(where, name));
  return found ? sentenceOf(found.message, title) : null;
}

const isAbout = (where: string, name: string) => where === `params.${name}` || where.startsWith(`params.${name}.`);

/** The problems that no field of the form shows. */
export function problemsElsewhere(schema: JsonObject, problems: readonly FieldProblem[]): FieldProblem[] {
  const names = fieldsOf(schema).map(({ name }) => name);
  return problems.filter(({ where }) => !names.some((name) => isAbout(where, name)));
}
