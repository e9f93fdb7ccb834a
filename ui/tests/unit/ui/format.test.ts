import { expect, test } from "vitest";
import { bytes, duration, roughly, timecode } from "@/ui/format";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1500, "1.5 KB"],
  [2_500_000, "2.5 MB"],
])("%d bytes read as %s", (size, expected) => {
  expect(bytes(size)).toBe(expected);
});

test.each([
  [5.9, "0:05"],
  [65, "1:05"],
  [3665, "1:01:05"],
])("%d s into a recording read as %s", (seconds, expected) => {
  expect(timecode(seconds)).toBe(expected);
});

test.each([
  [0.2, "under 1 s"],
  [41.5, "42 s"],
  [200, "3 min"],
  [7300, "2 h"],
])("%d s read as %s", (seconds, expected) => {
  expect(duration(seconds)).toBe(expected);
});

test.each([
  [0.2, "1 s"],
  [7.6, "8 s"],
  [41.5, "40 s"],
  [200, "3 min"],
])("an estimate of %d s reads as %s", (seconds, expected) => {
  expect(roughly(seconds)).toBe(expected);
});
