import { expect, test } from "vitest";
import { sentenceOf } from "@/composer/sentence";

test.each([
  ["Input should be less than or equal to 50", "Sentences", "Sentences should be less than or equal to 50."],
  ["Value error, the end must come after the start", null, "The end must come after the start."],
  ["Must be at least 1.", "Sentences", "Must be at least 1."],
])("%s reads as a sentence", (message, subject, expected) => {
  expect(sentenceOf(message, subject)).toBe(expected);
});
