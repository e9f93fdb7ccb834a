import { useSearchParams } from "react-router";
import type { Box } from "./documents";

/** The place that the address asks for, as `placeLink` writes it; null where it asks for none. */
export interface AskedPlace {
  /** Seconds into the recording. */
  at_s: number | null;
  /** A page, counted from 1. */
  page: number | null;
  /** In pixels of the upright picture. */
  box: Box | null;
}

export function usePlace(): AskedPlace {
  const [asked] = useSearchParams();
  return { at_s: numberIn(asked.get("t")), page: numberIn(asked.get("page")), box: boxIn(asked.get("box")) };
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
