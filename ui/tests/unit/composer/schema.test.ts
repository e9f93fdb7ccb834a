import { describe, expect, test } from "vitest";
import { fieldsOf } from "@/composer/schema";

const field = (property: object, more: object = {}) => fieldsOf({ properties: { it: property }, ...more })[0];

describe("a parameter's schema becomes a field", () => {
  test.each([
    ["an enum", { enum: ["a", "b"], type: "string" }, { control: "choice", choices: ["a", "b"] }],
    ["a nullable enum", { anyOf: [{ enum: [1, 2] }, { type: "null" }] }, { control: "choice", choices: [null, 1, 2] }],
    ["a constant", { const: "only" }, { control: "choice", choices: ["only"] }],
    ["a boolean", { type: "boolean", default: true }, { control: "switch", initial: true }],
    [
      "an integer",
      { type: "integer", minimum: 1, maximum: 9 },
      { control: "number", isInteger: true, minimum: 1, maximum: 9 },
    ],
    [
      "a nullable number",
      { anyOf: [{ type: "number", exclusiveMinimum: 0 }, { type: "null" }] },
      { control: "number", isNullable: true, minimum: 0 },
    ],
    ["a word", { type: "string", maxLength: 20 }, { control: "text", maxLength: 20 }],
    ["a long text", { type: "string", maxLength: 1000 }, { control: "long-text" }],
    ["a list", { type: "array", items: { type: "string" } }, { control: "json" }],
  ])("%s", (_, property, expected) => {
    const found = field(property);

    expect(found).toMatchObject(expected);
  });

  test("a shared type is looked up where it is defined", () => {
    const found = field(
      { $ref: "#/$defs/Size", default: "s" },
      { $defs: { Size: { enum: ["s", "l"], title: "Size" } } },
    );

    expect(found).toMatchObject({ control: "choice", choices: ["s", "l"], title: "Size", initial: "s" });
  });

  test("a parameter without a default is needed", () => {
    const found = field({ type: "string" }, { required: ["it"] });

    expect(found?.isRequired).toBe(true);
  });
});
