/** Addresses of places that jobs cite in their results, which tell no links: spelt as the API spells its own. */
import type { JsonObject } from "@/api/types";

/** The job's page, open at the place. */
export const jobAddress = (jobId: string, place: JsonObject): string =>
  `/jobs/${encodeURIComponent(jobId)}${askedOf(place)}`;

/** The file's page, open at the place. */
export const fileAddress = (fileId: string, place: JsonObject = {}): string =>
  `/files/${encodeURIComponent(fileId)}${askedOf(place)}`;

function askedOf({ start_s, page, box, start, end }: JsonObject): string {
  const query = new URLSearchParams();
  if (typeof start_s === "number") query.set("t", String(Math.max(0, start_s)));
  if (typeof page === "number") query.set("page", String(page));
  if (isBox(box)) query.set("box", [box.x, box.y, box.width, box.height].join(","));
  if (typeof start === "number" && typeof end === "number") {
    query.set("from", String(start));
    query.set("to", String(end));
  }
  const asked = query.toString().replaceAll("%2C", ",");
  return asked && `?${asked}`;
}

const isBox = (box: unknown): box is Record<"x" | "y" | "width" | "height", number> =>
  typeof box === "object" && box !== null && "x" in box && "y" in box && "width" in box && "height" in box;
