import { expect, test } from "vitest";
import { pipelinesFor } from "@/api/pipelines";
import { SUMMARIZE } from "./examples";

const COMPARE = { ...SUMMARIZE, name: "image.compare", accepts: ["image/png"], min_sources: 2, max_sources: 2 };
const ENHANCE = { ...SUMMARIZE, name: "image.enhance", accepts: ["image/png"] };

test.each([
  [0, ["image.compare", "image.enhance"]],
  [1, ["image.enhance"]],
  [2, ["image.compare", "image.enhance"]],
  [3, ["image.enhance"]],
])("of %i pictures what needs a pair is offered as it can be run", (count, names) => {
  const mediaTypes = new Array<string>(count).fill("image/png");

  const offered = pipelinesFor([COMPARE, ENHANCE], mediaTypes);

  expect(offered.map(({ name }) => name)).toEqual(names);
});
