import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, test, vi } from "vitest";
import type { FileText, StoredFile } from "@/api/types";
import { FileRoute } from "@/routes/FileRoute";
import { server } from "../../setup";
import { problem } from "../api";
import { aFile } from "../examples";
import { show } from "../render";

const open = (asked = "") => show(<FileRoute />, { path: `/files/file-1${asked}`, route: "/files/:id" });
const aText = (part: Partial<FileText>): FileText => ({
  ...{ text: "", start: 0, length: null, page: null, pages: null, warnings: [] },
  ...part,
});

/** A file, and what it says by what is asked of it. Tells what was asked. */
function serve(file: Partial<StoredFile>, texts: Record<string, FileText> = {}) {
  const asked: string[] = [];
  server.use(
    http.get("*/api/v1/files/file-1", () => HttpResponse.json(aFile({ id: "file-1", ...file }))),
    http.get("*/api/v1/files/file-1/text", ({ request }) => {
      const part = new URL(request.url).search;
      asked.push(part);
      return texts[part]
        ? HttpResponse.json(texts[part])
        : problem(422, { code: "bad_media", detail: "It is broken." });
    }),
  );
  return asked;
}
const PDF = { name: "mill.pdf", media_type: "application/pdf" };
const PAGES = {
  "?page=2": aText({ text: "Of 😀 wood. It turns every day.", start: 100, page: 2, pages: 3 }),
  "?page=3": aText({ text: "So says the miller.", start: 140, page: 3, pages: 3 }),
};

describe("a PDF", () => {
  test("opens at its page, with the passage marked in what it says", async () => {
    const scrolledTo = vi.spyOn(Element.prototype, "scrollIntoView");
    serve(PDF, PAGES);

    open("?page=2&from=111&to=113");

    const text = within(await screen.findByRole("region", { name: "Text of page 2" }));
    expect(await text.findByText("It", { selector: "mark" })).toBeInTheDocument();
    expect(scrolledTo).toHaveBeenCalled();
    expect(screen.getByRole("img", { name: "Page: 2 of mill.pdf" })).toHaveAttribute(
      "src",
      "/api/v1/files/file-1/pages/2?dpi=200",
    );
    expect(screen.getByText("Page 2 of 3")).toBeInTheDocument();
  });

  test("whose passage goes on from there says that it stands further on", async () => {
    serve(PDF, PAGES);

    open("?page=2&from=145&to=150");

    expect(await screen.findByText("What is meant stands on a later page.")).toBeInTheDocument();
  });

  test("is leafed through, and its address goes along", async () => {
    serve(PDF, PAGES);
    open("?page=2&from=111&to=114&box=1,2,3,4");
    await screen.findByText("Page 2 of 3");

    await userEvent.click(screen.getByRole("button", { name: "Next" }));

    expect(await screen.findByText("So says the miller.")).toBeInTheDocument();
    expect(screen.getByRole("img", { name: "Page: 3 of mill.pdf" })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Next" })).toBeDisabled();
  });

  test("frames the box that the address asks for", async () => {
    serve(PDF, PAGES);
    open("?page=2&box=10,20,200,30");

    const picture = await screen.findByRole("img", { name: "Page: 2 of mill.pdf" });
    Object.defineProperties(picture, { naturalWidth: { value: 1654 }, naturalHeight: { value: 2339 } });
    fireEvent.load(picture);

    const boxes = screen.getByTestId("boxes");
    expect(boxes).toHaveAttribute("viewBox", "0 0 1654 2339");
    expect(boxes.querySelector("rect")).toHaveAttribute("x", "10");
  });

  test("whose page says nothing, or cannot be drawn, says that", async () => {
    serve(PDF, { "?page=1": aText({ page: 1, pages: 1 }) });
    open();

    expect(await screen.findByText(/The page brings no text along/)).toBeInTheDocument();
    fireEvent.error(screen.getByRole("img", { name: "Page: 1 of mill.pdf" }));

    expect(screen.getByText(/The page could not be drawn/)).toBeInTheDocument();
  });

  test("that cannot be read says why", async () => {
    serve(PDF);

    open();

    expect(await screen.findByText("It is broken.")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Download" })).toHaveAttribute("download", "mill.pdf");
  });
});

describe("a text", () => {
  const TEXT = { name: "mill.txt", media_type: "text/plain" };

  test("opens at its passage, which is marked", async () => {
    serve(TEXT, { "?at=4": aText({ text: "The mill turns.", length: 15 }) });

    open("?from=4&to=8");

    expect(await screen.findByText("mill", { selector: "mark" })).toBeInTheDocument();
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });

  test("that is long is read on before and behind", async () => {
    const asked = serve(TEXT, {
      "?at=50": aText({ text: "the middle", start: 50, length: 100, warnings: ["It is not UTF-8."] }),
      "?at=60": aText({ text: "the end", start: 60, length: 67 }),
    });
    open("?from=50&to=53");
    expect(await screen.findByRole("button", { name: "What stands before" })).toBeInTheDocument();
    expect(screen.getByText("It is not UTF-8.")).toBeInTheDocument();

    await userEvent.click(screen.getByRole("button", { name: "What stands behind" }));

    expect(await screen.findByText("the end")).toBeInTheDocument();
    expect(asked).toEqual(["?at=50", "?at=60"]);
    expect(screen.queryByRole("button", { name: "What stands behind" })).not.toBeInTheDocument();
  });
});

describe("any other file", () => {
  test("of sound stands at its second, and says where it does not play", async () => {
    serve({ name: "talk.mp3", media_type: "audio/mpeg" });
    open("?t=65.5");

    const player = await screen.findByLabelText("Player of talk.mp3");
    expect(player).toHaveAttribute("src", "/api/v1/files/file-1/content#t=65.5");
    fireEvent.error(player);

    expect(screen.getByText(/talk.mp3 does not play in this browser/)).toBeInTheDocument();
  });

  test.each([
    ["image/png", "/api/v1/files/file-1/content"],
    ["image/heic", "/api/v1/files/file-1/pages/1?dpi=200"],
  ])("that is a picture (%s) is shown", async (media_type, src) => {
    serve({ name: "sign", media_type });

    open("?box=1,2,3,4");

    expect(await screen.findByRole("img", { name: "Picture: sign" })).toHaveAttribute("src", src);
  });

  test("that nothing shows can be downloaded", async () => {
    serve({ name: "live", media_type: "application/vnd.triptych.recording" });

    open();

    expect(await screen.findByText(/cannot be shown here/)).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Download" })).toBeInTheDocument();
  });
});

test("a file that cannot be loaded now can be asked for again", async () => {
  server.use(http.get("*/api/v1/files/file-1", () => problem(503, { code: "database_away", detail: "In a moment." })));
  open();
  await screen.findByText("The file could not be loaded");
  serve({ name: "mill.txt", media_type: "text/plain" }, { "?at=0": aText({ text: "The mill.", length: 9 }) });

  await userEvent.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("The mill.")).toBeInTheDocument();
});
