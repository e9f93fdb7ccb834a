/** A pipeline's parameters, read from their JSON Schema into what a form needs. */
import type { JsonObject } from "@/api/types";

export type Choice = string | number | null;

export interface Field {
  name: string;
  title: string;
  description: string;
  /** What happens where nothing is given, as a few words to stand in the empty control. */
  whenEmpty: string;
  control: "choice" | "switch" | "number" | "text" | "long-text" | "json";
  choices: Choice[];
  isInteger: boolean;
  isNullable: boolean;
  isRequired: boolean;
  minimum: number | null;
  maximum: number | null;
  maxLength: number | null;
  initial: unknown;
}

export const AUTOMATIC = "Automatic";
const LEFT_EMPTY = /\bLeft empty: ([^.,]+)/; // how the pipelines' descriptions tell it
const LONG_TEXT = 200; // characters; beyond, one line is too narrow to write in

/** One field a property, in the schema's order. */
export function fieldsOf(schema: JsonObject): Field[] {
  const required = new Set(asList(schema.required));
  return Object.entries(asObject(schema.properties)).map(([name, property]) =>
    fieldOf(name, asObject(property), asObject(schema.$defs), required.has(name)),
  );
}

function fieldOf(name: string, property: JsonObject, definitions: JsonObject, isRequired: boolean): Field {
  const { core, isNullable } = unwrapped(property, definitions);
  const choices = choicesOf(core);
  const description = asText(property.description) ?? asText(core.description) ?? "";
  return {
    name,
    title: asText(property.title) ?? asText(core.title) ?? name,
    // A list of choices has no empty one to leave: there it is the choice named so.
    description: choices.length ? description.replace("Left empty:", `${AUTOMATIC}:`) : description,
    whenEmpty: capitalised(LEFT_EMPTY.exec(description)?.[1] ?? AUTOMATIC),
    control: controlOf(core, choices),
    choices: isNullable && choices.length ? [null, ...choices] : choices,
    isInteger: core.type === "integer",
    isNullable,
    isRequired,
    minimum: asNumber(core.minimum) ?? asNumber(core.exclusiveMinimum),
    maximum: asNumber(core.maximum) ?? asNumber(core.exclusiveMaximum),
    maxLength: asNumber(core.maxLength),
    initial: property.default ?? null,
  };
}

/** Pydantic writes `X | None` as anyOf and a shared type as $ref; what remains is the type itself. */
function unwrapped(property: JsonObject, definitions: JsonObject): { core: JsonObject; isNullable: boolean } {
  const options = asList(property.anyOf).map(asObject);
  const isNullable = options.some(({ type }) => type === "null");
  const kept = options.filter(({ type }) => type !== "null");
  if (kept.length > 1)
    return { core: { enum: kept.flatMap((option) => choicesOf(resolved(option, definitions))) }, isNullable };
  const single = kept[0] ?? (asList(property.allOf)[0] as JsonObject | undefined) ?? property;
  return { core: resolved(single, definitions), isNullable };
}

function resolved(schema: JsonObject, definitions: JsonObject): JsonObject {
  const name = asText(schema.$ref)?.replace("#/$defs/", "");
  return name ? { ...asObject(definitions[name]), ...schema } : schema;
}

function choicesOf(core: JsonObject): Choice[] {
  return (core.const === undefined ? asList(core.enum) : [core.const]) as Choice[];
}

function controlOf(core: JsonObject, choices: Choice[]): Field["control"] {
  if (choices.length) return "choice";
  if (core.type === "boolean") return "switch";
  if (core.type === "integer" || core.type === "number") return "number";
  if (core.type !== "string") return "json";
  return (asNumber(core.maxLength) ?? 0) > LONG_TEXT ? "long-text" : "text";
}

/** Why the value cannot be right, as far as the schema tells; null where the API has to judge. */
export function complaintAbout({ title, isInteger, minimum, maximum }: Field, value: unknown): string | null {
  if (typeof value !== "number") return null;
  if (isInteger && !Number.isInteger(value)) return `${title} must be a whole number.`;
  if (minimum !== null && value < minimum) return `${title} must be at least ${minimum}.`;
  if (maximum !== null && value > maximum) return `${title} must be at most ${maximum}.`;
  return null;
}

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const asObject = (value: unknown): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const asText = (value: unknown): string | null => (typeof value === "string" ? value : null);
const asNumber = (value: unknown): number | null => (typeof value === "number" ? value : null);
