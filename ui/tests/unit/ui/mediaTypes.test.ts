import { expect, test } from "vitest";
import { kindOfFile } from "@/ui/mediaTypes";

test.each([
  ["application/vnd.triptych.transcript+json", "Transcript data (JSON)"],
  ["application/x-subrip", "Subtitles (SRT)"],
  ["text/plain; charset=utf-8", "Text"],
  ["audio/x-wav", "Sound (WAV)"],
  ["application/x-unknown", "application/x-unknown"],
])("%s reads as %s", (mediaType, expected) => {
  expect(kindOfFile(mediaType)).toBe(expected);
});
