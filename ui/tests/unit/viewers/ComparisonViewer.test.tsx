import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { ComparisonViewer } from "@/viewers/ComparisonViewer";
import type { Comparison } from "@/viewers/documents";
import { viewerOf } from "@/viewers/table";
import { aJob } from "../examples";
import { show } from "../render";

const output = {
  name: "difference.png",
  media_type: "image/png",
  size_bytes: 9,
  url: "/api/v1/jobs/job-1/outputs/difference.png",
};
const measured: Comparison = {
  width_px: 640,
  height_px: 480,
  ssim: 0.98765,
  psnr_db: 31.26,
  mean_delta_e: 1.234,
  hash_bits_apart: 3,
  changed_share: 0.0417,
  regions_count: 2,
};
const picture = (name: string) => ({
  file_id: name,
  name,
  media_type: "image/png",
  size_bytes: 9,
  url: `/api/v1/files/${name}/content`,
});
const job = (result: Comparison | null) =>
  aJob({ pipeline: "image.compare", inputs: [picture("before.png"), picture("after.png")], result: { ...result } });

const figure = (name: string) => within(screen.getByLabelText("Figures")).getByText(name).nextElementSibling;

test("the difference of two pictures is shown beside both of them", () => {
  show(<ComparisonViewer output={output} job={job(measured)} />);

  expect(viewerOf(output, job(measured)).title).toBe("How the pictures differ");
  const shown = screen.getAllByRole<HTMLImageElement>("img").map(({ alt, src }) => [alt, new URL(src).pathname]);
  expect(shown).toEqual([
    ["First: before.png", "/api/v1/files/before.png/content"],
    ["Second: after.png", "/api/v1/files/after.png/content"],
    ["Difference: difference.png", "/api/v1/jobs/job-1/outputs/difference.png"],
  ]);
});

test.each([
  ["Structure", "SSIM 0.9877"],
  ["Signal", "31.3 dB"],
  ["Colour difference", "1.23 on average"],
  ["Changed", "4.17 % of the picture"],
  ["Regions", "2 regions, framed"],
  ["Hash", "3 of 64 bits apart"],
])("%s reads as %s", (name, expected) => {
  show(<ComparisonViewer output={output} job={job(measured)} />);

  expect(figure(name)).toHaveTextContent(expected);
});

test("what cannot be told of small or identical pictures is said in words", () => {
  show(<ComparisonViewer output={output} job={job({ ...measured, ssim: null, psnr_db: null, regions_count: 0 })} />);

  expect(figure("Structure")).toHaveTextContent("too small to tell");
  expect(figure("Signal")).toHaveTextContent("identical");
  expect(figure("Regions")).toHaveTextContent("none");
});
