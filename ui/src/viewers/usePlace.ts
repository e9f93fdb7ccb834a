import { useSearchParams } from "react-router";
import type { Box } from "./documents";

/** The place that the address asks for, as the API writes it (docs/api.md, "Links to a place"); null where it has none. */
export interface AskedPlace {
  /** Seconds into the recording. */
  at_s: number | null;
  /** A page, counted from 1. */
  page: number | null;
  /** In pixels of the upright picture. */
  box: Box | null;
  /** Characters of the document's text, from `start` up to `end`. */
  passage: Passage | null;
}

export interface Passage {
  start: number;
  end: number;
}

export function usePlace(): AskedPlace {
  const [asked] = useSearchParams();
  return {
    at_s: numberIn(asked.get("t")),
    page: numberIn(asked.get("page")),
    box: boxIn(asked.get("box")),
    passage: passageIn(asked),
  };
}

function numberIn(text: string | null): number | null {
  const number = Number.parseFloat(text ?? "");
  return Number.isFinite(number) && number >= 0 ? number : null;
}

function boxIn(text: string | null): Box | null {
  const [x, y, width, height, ...more] = (text ?? "").split(",").map(numberIn);
  if (more.length || x == null || y == null || width == null || height == null) return null;
  return { x, y, width, height };
}

function passageIn(asked: URLSearchParams): Passage | null {
  const [start, end] = [numberIn(asked.get("from")), numberIn(asked.get("to"))];
  return start === null || end === null || end <= start ? null : { start, end };
}
