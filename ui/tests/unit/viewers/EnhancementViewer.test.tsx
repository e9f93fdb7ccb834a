import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Enhancement, PictureFigures } from "@/viewers/documents";
import { EnhancementViewer } from "@/viewers/EnhancementViewer";
import { viewerOf } from "@/viewers/table";
import { aJob } from "../examples";
import { show } from "../render";

const named = (name: string) => ({
  name,
  media_type: "image/png",
  size_bytes: 9,
  url: `/api/v1/jobs/job-1/outputs/${name}`,
});
const dull: PictureFigures = {
  sharpness: 0.5,
  noise: 0.02,
  exposure: { mean: 0.25, shadows_share: 0.1, highlights_share: 0 },
};
const made: Enhancement = {
  operations: ["denoise 0.5", "contrast 0.3"],
  before: dull,
  after: { ...dull, noise: 0.001, exposure: { ...dull.exposure, mean: 0.4 } },
};
const job = (result: Enhancement) => aJob({ pipeline: "image.enhance", result: { ...result } });

test("what was changed is told in figures before and after", () => {
  show(<EnhancementViewer output={named("enhanced.png")} job={job(made)} />);

  const rows = screen.getAllByRole("row").map(({ textContent }) => textContent);
  expect(rows).toContain("Noise2.0 %0.1 %");
  expect(rows).toContain("Brightness25.0 %40.0 %");
  expect(screen.getByText("Done: denoise 0.5, contrast 0.3.")).toBeInTheDocument();
});

test("a picture to which nothing was done is told as such", () => {
  show(<EnhancementViewer output={named("enhanced.png")} job={job({ ...made, operations: [] })} />);

  expect(screen.getByText("Nothing was done to it.")).toBeInTheDocument();
});

test("the viewer is for the enhanced picture; the sheet of both is a picture as others", () => {
  expect(viewerOf(named("enhanced.png"), job(made)).title).toBe("Before and after");
  expect(viewerOf(named("comparison.png"), job(made)).title).toBe("Picture");
});
