import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { Page } from "@/viewers/documents";
import { PageViewer } from "@/viewers/PageViewer";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

const aPage = (page: number, text: string): Page => ({
  page,
  width_px: 600,
  height_px: 800,
  lines: [{ text, confidence: 0.98, box: { x: 10, y: 20, width: 200, height: 30 } }],
});
const anOutput = (name: string, media_type = "image/png") => ({
  name,
  media_type,
  size_bytes: 9,
  url: `/api/v1/jobs/job-1/outputs/${name}`,
});
const page = anOutput("page.json", "application/vnd.triptych.page+json");

function view(media_type: string, pages: Page[], overlays: string[]) {
  const [first] = pages;
  server.use(http.get(`*${page.url}`, () => HttpResponse.json(pages.length > 1 ? { ...first, pages } : first)));
  const input = { file_id: "file-1", name: "scan", media_type, size_bytes: 9, url: "/api/v1/files/file-1/content" };
  const outputs = [page, ...overlays.map((name) => anOutput(name))];
  return show(<PageViewer output={page} job={aJob({ pipeline: "image.read", inputs: [input], outputs })} />);
}

test("a document is leafed through from its first page to its last", async () => {
  const user = userEvent.setup();
  view("application/pdf", [aPage(1, "Preface"), aPage(2, "Harbour dues")], ["overlay-1.png", "overlay-2.png"]);

  expect(await screen.findByText("Page 1 of 2")).toBeVisible();
  expect(screen.getByRole("button", { name: "Previous" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Next" }));

  expect(screen.getByText("Page 2 of 2")).toBeVisible();
  expect(screen.getByRole("button", { name: /Harbour dues/ })).toBeVisible();
  expect(screen.queryByRole("button", { name: /Preface/ })).toBeNull();
  expect(screen.getByRole("img", { name: "Input: page 2 of scan" })).toHaveAttribute(
    "src",
    "/api/v1/jobs/job-1/outputs/overlay-2.png",
  );
  expect(screen.getByRole("button", { name: "Next" })).toBeDisabled();
});

test("a page without a picture shows its lines", async () => {
  view("application/pdf", [aPage(1, "Preface")], []);

  expect(await screen.findByRole("button", { name: /Preface/ })).toBeVisible();
  expect(screen.getByTestId("boxes")).toBeInTheDocument();
  expect(screen.queryByRole("img")).toBeNull();
});

test.each([
  ["image/jpeg", "/api/v1/files/file-1/content"],
  ["image/heic", "/api/v1/jobs/job-1/outputs/overlay.png"],
  ["image/tiff", "/api/v1/jobs/job-1/outputs/overlay.png"],
])("of one page the picture shown is the input only where a browser draws it: %s", async (media_type, src) => {
  view(media_type, [aPage(1, "Preface")], ["overlay.png"]);

  expect(await screen.findByRole("img")).toHaveAttribute("src", src);
  expect(screen.queryByRole("navigation")).toBeNull();
});
