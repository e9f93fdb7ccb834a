/** Where in Triptych a memory can be seen at its place: the link of a hit, and of a citation. */
import type { JsonObject } from "@/api/types";

/** What is known of a memory, as a citation tells it; of a hit, `memory_id` is the memory's own id. */
export interface Placed {
  memory_id: string | null;
  /** The newest job that made it; a note has none. */
  job_id: string | null;
  kind: string;
  place: JsonObject;
}

/** The kinds whose place the page of their job shows: others are shown among what stands around them. */
const SHOWN_BY_THEIR_JOB = new Set(["segment", "line", "labels"]);

/** The page that shows it at its second, its page and box, or its passage; null where none is left. */
export function placeLink(placed: Placed): string | null {
  const { memory_id, job_id, kind } = placed;
  if (job_id !== null && (memory_id === null || SHOWN_BY_THEIR_JOB.has(kind))) return jobLink(job_id, placed.place);
  return memory_id === null ? null : `/memory/${encodeURIComponent(memory_id)}`;
}

/** The job's page, open at the place. */
function jobLink(jobId: string, { start_s, page, box }: JsonObject): string {
  const query = new URLSearchParams();
  if (typeof start_s === "number") query.set("t", String(Math.max(0, start_s)));
  if (typeof page === "number") query.set("page", String(page));
  if (isBox(box)) query.set("box", [box.x, box.y, box.width, box.height].join(","));
  const asked = query.toString().replaceAll("%2C", ",");
  return `/jobs/${encodeURIComponent(jobId)}${asked && `?${asked}`}`;
}

const isBox = (box: unknown): box is Record<"x" | "y" | "width" | "height", number> =>
  typeof box === "object" && box !== null && "x" in box && "y" in box && "width" in box && "height" in box;
