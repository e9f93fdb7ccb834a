import { expect, test } from "vitest";
import { type Placed, placeLink } from "@/memory/placeLink";

const placed = (part: Partial<Placed>): Placed => ({
  memory_id: "m-1",
  job_id: "job-1",
  kind: "passage",
  place: {},
  ...part,
});
const BOX = { x: 10, y: 20.5, width: 200, height: 30 };

test.each<[string, Partial<Placed>, string | null]>([
  ["a spoken segment at its second", { kind: "segment", place: { start_s: 12.3, end_s: 15 } }, "/jobs/job-1?t=12.3"],
  ["a line in its box", { kind: "line", place: { box: BOX } }, "/jobs/job-1?box=10,20.5,200,30"],
  ["a line on its page", { kind: "line", place: { box: BOX, page: 3 } }, "/jobs/job-1?page=3&box=10,20.5,200,30"],
  ["labels at what the picture shows", { kind: "labels" }, "/jobs/job-1"],
  ["a passage among its neighbours", { place: { start: 5, end: 90, page: 2 } }, "/memory/m-1"],
  ["a picture by itself", { kind: "picture" }, "/memory/m-1"],
  ["a note, which no job made", { kind: "note", job_id: null, place: { start_s: 3 } }, "/memory/m-1"],
  ["what is forgotten at its job", { memory_id: null, place: { start: 5, end: 90, page: 2 } }, "/jobs/job-1?page=2"],
  ["nothing where neither is left", { memory_id: null, job_id: null }, null],
  ["an id that is no path as one name", { memory_id: "a/../b" }, "/memory/a%2F..%2Fb"],
])("opens %s", (_, part, link) => {
  expect(placeLink(placed(part))).toBe(link);
});
