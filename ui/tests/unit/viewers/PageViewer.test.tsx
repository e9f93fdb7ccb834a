import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import type { Job } from "@/api/types";
import type { Page } from "@/viewers/documents";
import { PageViewer } from "@/viewers/PageViewer";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

const aPage = (page: number, text: string, ...tables: string[][][]): Page => ({
  page,
  width_px: 600,
  height_px: 800,
  lines: [{ text, confidence: 0.98, box: { x: 10, y: 20, width: 200, height: 30 } }],
  tables: tables.map((rows, index) => ({ box: { x: 10, y: 90 * index, width: 400, height: 80 }, rows })),
});
const DUES = [
  ["Barge", "12.50"],
  ["Steamer", ""],
  ["Ferry", "7.00"],
];
const anOutput = (name: string, media_type = "image/png") => ({
  name,
  media_type,
  size_bytes: 9,
  url: `/api/v1/jobs/job-1/outputs/${name}`,
});
const page = anOutput("page.json", "application/vnd.triptych.page+json");

function view(media_type: string, pages: Page[], overlays: string[] = [], params: Job["params"] = {}, path = "/") {
  const [first] = pages;
  server.use(http.get(`*${page.url}`, () => HttpResponse.json(pages.length > 1 ? { ...first, pages } : first)));
  const input = { file_id: "file-1", name: "scan", media_type, size_bytes: 9, url: "/api/v1/files/file-1/content" };
  const outputs = [page, ...overlays.map((name) => anOutput(name))];
  const job = aJob({ pipeline: "image.read", inputs: [input], params, outputs });
  return show(<PageViewer output={page} job={job} />, { path });
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

test("a page that no overlay was made of is drawn as it was read", async () => {
  view("application/pdf", [aPage(1, "Preface"), aPage(2, "Harbour dues")], [], { dpi: 150, boxes: false }, "/?page=2");

  expect(await screen.findByRole("button", { name: /Harbour dues/ })).toBeVisible();
  expect(screen.getByTestId("boxes")).toBeInTheDocument();
  expect(screen.getByRole("img", { name: "Input: page 2 of scan" })).toHaveAttribute(
    "src",
    "/api/v1/files/file-1/pages/2?dpi=150",
  );
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

test("a table of the page is shown in rows and cells, none of them a heading", async () => {
  view("image/png", [aPage(1, "Harbour dues", DUES)]);

  const table = await screen.findByRole("table", { name: "Table 1" });
  const rows = within(table).getAllByRole("row");
  const cells = rows.map((row) =>
    within(row)
      .getAllByRole("cell")
      .map((cell) => cell.textContent),
  );
  expect(cells).toEqual(DUES);
  expect(within(table).queryAllByRole("columnheader")).toEqual([]);
  expect(screen.getByText(/^1 line, 1 table\./)).toBeVisible();
});

test("a table is copied as cells parted by tabs", async () => {
  const user = userEvent.setup();
  view("image/png", [aPage(1, "Harbour dues", [["Tide", "High"]], DUES)]);

  await user.click(await screen.findByRole("button", { name: "Copy table 2" }));

  expect(await navigator.clipboard.readText()).toBe("Barge\t12.50\nSteamer\t\nFerry\t7.00");
  expect(screen.getByRole("button", { name: "Copy table 1" })).toBeVisible();
});

test("the keyboard reaches a table, so that one wider than the screen can be scrolled", async () => {
  const user = userEvent.setup();
  view("image/png", [aPage(1, "Harbour dues", DUES)]);

  (await screen.findByRole("button", { name: /Harbour dues/ })).focus();
  await user.tab();

  expect(screen.getByRole("region", { name: "Table 1" })).toHaveFocus();
});

test("each page shows its own tables", async () => {
  const user = userEvent.setup();
  view("application/pdf", [aPage(1, "Tides", [["Tide", "High"]]), aPage(2, "Harbour dues", DUES), aPage(3, "Preface")]);

  await user.click(await screen.findByRole("button", { name: "Next" }));

  expect(screen.getByRole("cell", { name: "Barge" })).toBeVisible();
  expect(screen.queryByRole("cell", { name: "Tide" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(screen.queryByRole("table")).toBeNull();
});

test.each([
  ["arabic", "rtl"],
  ["default", "ltr"],
])("a row begins on the side where the script does: %s", async (script, direction) => {
  view("image/png", [aPage(1, "Harbour dues", DUES)], [], { script });

  const table = await screen.findByRole("region", { name: "Table 1" });
  expect(table).toHaveAttribute("dir", direction);
});

test("a page that was read before tables were told shows its lines", async () => {
  const { tables, ...old } = aPage(1, "Preface");
  view("image/png", [old]);

  expect(await screen.findByText(/^1 line\./)).toBeVisible();
  expect(screen.queryByRole("table")).toBeNull();
});

test("a document opens at the page and the line that the address asks for, and the line stays marked", async () => {
  const scrolled = vi.spyOn(Element.prototype, "scrollIntoView");
  const pages = [aPage(4, "Preface"), aPage(7, "Harbour dues")];
  view("application/pdf", pages, [], {}, "/jobs/job-1?page=7&box=10,20,200,30");

  const asked = await screen.findByRole("button", { current: true });

  expect(screen.getByText("Page 2 of 2")).toBeVisible();
  expect(asked).toHaveTextContent("Harbour dues");
  expect(scrolled.mock.contexts).toEqual([asked]);
  expect(screen.getByText("Harbour dues", { selector: "title" }).parentElement).toHaveClass("stroke-3");
});

test("another page has no line marked for being asked for on its neighbour", async () => {
  const user = userEvent.setup();
  view("image/png", [aPage(1, "Preface"), aPage(2, "Harbour dues")], [], {}, "/?page=2&box=10,20,200,30");

  await user.click(await screen.findByRole("button", { name: "Previous" }));

  expect(screen.getByRole("button", { name: /Preface/ })).toBeVisible();
  expect(screen.queryByRole("button", { current: true })).toBeNull();
});

test.each(["page=9&box=10,20,200,30", "page=x&box=1,2", "box=1,2,3,4,5", "box=a,b,c,d"])(
  "a place that makes no sense opens the first page: %s",
  async (asked) => {
    view("image/png", [aPage(1, "Preface"), aPage(2, "Harbour dues")], [], {}, `/?${asked}`);

    expect(await screen.findByText("Page 1 of 2")).toBeVisible();
    expect(screen.queryByRole("button", { current: true })).toBeNull();
  },
);
