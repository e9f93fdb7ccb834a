import type { Citation } from "@/api/types";
import { timecode } from "@/ui/format";

const KINDS: Record<string, string> = {
  line: "a line in the picture",
  labels: "what the picture shows",
  note: "a note",
};

/** Where in its source the cited words stand, for people; empty where that is the whole of it. */
export function placeInWords({ place, kind }: Citation): string {
  if (typeof place.start_s === "number") return `at ${timecode(place.start_s)}`;
  if (typeof place.page === "number") return `page ${place.page}`;
  if (place.start === 0) return "at the beginning";
  if (typeof place.start === "number") return `from character ${place.start.toLocaleString()}`;
  return KINDS[kind] ?? "";
}
