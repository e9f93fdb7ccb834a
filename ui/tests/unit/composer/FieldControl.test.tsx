import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "@/api/types";
import { ParamsForm } from "@/composer/ParamsForm";

const seen: JsonObject[] = [];
const SCHEMA = {
  properties: {
    sentences: { type: "integer", minimum: 1, maximum: 50, default: 5, title: "Sentences" },
    end_s: { anyOf: [{ type: "number" }, { type: "null" }], title: "End", description: "Left empty: at the end." },
    language: {
      anyOf: [{ enum: ["auto", "en", "de"] }, { type: "null" }],
      title: "Language",
      description: "What is spoken. Left empty: found out.",
    },
  },
};

function Form() {
  const [params, setParams] = useState<JsonObject>({});
  seen.push(params);
  return <ParamsForm schema={SCHEMA} params={params} problems={[]} onChange={setParams} />;
}
const sentences = () => screen.getByRole("spinbutton", { name: "Sentences" });

describe("a number field", () => {
  test("can be emptied and written anew", async () => {
    render(<Form />);

    await userEvent.type(sentences(), "{Backspace}");
    expect(sentences()).toHaveValue(null);
    await userEvent.type(sentences(), "12");

    expect(sentences()).toHaveValue(12);
    expect(seen.at(-1)).toEqual({ sentences: 12 });
  });

  test("left empty shows its default again, which is what is sent", async () => {
    render(<Form />);
    await userEvent.type(sentences(), "{Backspace}2");

    await userEvent.clear(sentences());
    await userEvent.tab();

    expect(sentences()).toHaveValue(5);
    expect(seen.at(-1)).toEqual({});
  });

  test("out of bounds stays as typed and says why", async () => {
    render(<Form />);

    await userEvent.type(sentences(), "-1", { initialSelectionStart: 0, initialSelectionEnd: 1 });

    expect(sentences()).toHaveValue(-1);
    expect(sentences()).toBeInvalid();
    expect(sentences()).toHaveAccessibleDescription(/Sentences must be at least 1\./);
  });

  test("that may stay empty says what happens then", () => {
    render(<Form />);

    const field = screen.getByRole("spinbutton", { name: "End" });

    expect(field).toHaveAttribute("placeholder", "At the end");
  });
});

test("a choice that may stay open is called automatic, there and in its help", () => {
  render(<Form />);

  const field = screen.getByRole("combobox", { name: "Language" });

  expect(field).toHaveDisplayValue("Automatic");
  expect(field).toHaveAccessibleDescription("What is spoken. Automatic: found out.");
});

test("languages are named, and what is none of them stands as it is", () => {
  render(<Form />);

  const names = screen.getAllByRole("option").map(({ textContent }) => textContent);

  expect(names).toEqual(["Automatic", "auto", "en (English)", "de (German)"]);
});
