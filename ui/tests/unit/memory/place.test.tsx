import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { Route, Routes } from "react-router";
import { beforeEach, describe, expect, test } from "vitest";
import type { MemoryInContext } from "@/api/types";
import { MemoryPlaceRoute } from "@/routes/MemoryPlaceRoute";
import { MemoryRoute } from "@/routes/MemoryRoute";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";
import { aHit, aMemory, aSource, found, memoryApi } from "./remembered";

const PASSAGE = aMemory({
  kind: "passage",
  modality: "text",
  text: "It turns every day.",
  place: { start: 9, page: 3 },
});
const LINK = "/files/file-1?page=3&from=9&to=28";
const PDF = aSource({ title: "mill.pdf", media_type: "application/pdf" });

beforeEach(() => server.use(...memoryApi()));

/** The place as the API tells it; what is told may be changed later. */
function serve(part: Partial<MemoryInContext> = {}) {
  const told = {
    seen: { memory: PASSAGE, source: PDF, link: LINK, before: [], after: [], notes: [], ...part } as MemoryInContext,
  };
  server.use(
    http.get("*/api/v1/memory/m-1", () => HttpResponse.json(told.seen)),
    http.get("*/api/v1/memory/m-1/similar", () => HttpResponse.json(found([]))),
  );
  return told;
}
const open = () =>
  show(
    <Routes>
      <Route path="memory" element={<MemoryRoute />}>
        <Route path=":id" element={<MemoryPlaceRoute />} />
      </Route>
    </Routes>,
    { path: "/memory/m-1" },
  );

describe("a memory at its place", () => {
  test("is marked among what stands before and behind it", async () => {
    const before = [aMemory({ id: "m-0", text: "Built in 1812." })];
    const after = [aMemory({ id: "m-2", text: "So says the miller." })];
    serve({ before, after });

    open();

    expect(await screen.findByText("It turns every day.", { selector: "mark" })).toBeInTheDocument();
    expect(screen.getByText("Passage, page 3, English")).toBeInTheDocument();
    const link = (name: string, words: string) =>
      within(screen.getByRole("region", { name })).getByRole("link", { name: words });
    expect(link("Before it", "Built in 1812.")).toHaveAttribute("href", "/memory/m-0");
    expect(link("Behind it", "So says the miller.")).toHaveAttribute("href", "/memory/m-2");
    expect(screen.getByRole("link", { name: "The job that made it" })).toHaveAttribute("href", "/jobs/job-1");
    expect(screen.getByRole("link", { name: "The file" })).toHaveAttribute("download", "mill.pdf");
  });

  test("of a PDF has its page drawn, and opens in it", async () => {
    serve();

    open();

    expect(await screen.findByRole("img", { name: "Page: 3 of mill.pdf" })).toHaveAttribute(
      "src",
      "/api/v1/files/file-1/pages/3?dpi=200",
    );
    expect(screen.getByRole("link", { name: "Open it at its place" })).toHaveAttribute("href", LINK);
  });

  test("of a line on a page is framed where it was read, at the job's resolution", async () => {
    const place = { box: { x: 10, y: 20, width: 200, height: 30 }, page: 2 };
    serve({ memory: aMemory({ kind: "line", modality: "image", text: "Old mill", place }) });
    server.use(http.get("*/api/v1/jobs/job-1", () => HttpResponse.json(aJob({ params: { dpi: 300 } }))));

    open();

    expect(await screen.findByRole("img", { name: "Page: 2 of mill.pdf" })).toHaveAttribute(
      "src",
      "/api/v1/files/file-1/pages/2?dpi=300",
    );
  });

  test("of a recording has its sound standing at its second", async () => {
    serve({ memory: aMemory(), source: aSource() });

    open();

    const player = await screen.findByLabelText("Player of talk.mp3");
    expect(player).toHaveAttribute("src", "/api/v1/files/file-1/content#t=65.5");
  });

  test("of a line in a picture has it framed there", async () => {
    const place = { box: { x: 10, y: 20, width: 200, height: 30 } };
    const source = aSource({ title: "sign.png", media_type: "image/png" });
    serve({ memory: aMemory({ kind: "line", modality: "image", text: "Old mill", place }), source });

    open();

    expect(await screen.findByRole("img", { name: "Picture: sign.png" })).toBeInTheDocument();
  });

  test("lists what is like it", async () => {
    serve();
    server.use(
      http.get("*/api/v1/memory/m-1/similar", () =>
        HttpResponse.json(found([aHit({ memory: aMemory({ id: "m-9" }) })], false, ["By words alone."])),
      ),
    );

    open();

    const similar = within(await screen.findByRole("list", { name: "Similar memories" }));
    expect(similar.getByRole("link", { name: "talk.mp3, 1:05" })).toBeInTheDocument();
    expect(screen.getByText("By words alone.")).toBeInTheDocument();
  });
});

describe("a note", () => {
  const NOTE = aMemory({ id: "n-1", kind: "note", text: "Ask Ann.", job_id: null });

  test("is rewritten where it stands", async () => {
    const told = serve({ notes: [NOTE] });
    server.use(
      http.patch("*/api/v1/memory/notes/n-1", async ({ request }) => {
        const { text } = (await request.json()) as { text: string };
        told.seen = { ...told.seen, notes: [{ ...NOTE, text }] };
        return HttpResponse.json({ ...NOTE, text });
      }),
    );
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Change the note: Ask Ann." }));
    const box = screen.getByRole("textbox", { name: "The note" });
    await userEvent.clear(box);
    await userEvent.type(box, "Ann said no.");

    await userEvent.click(screen.getByRole("button", { name: "Keep the change" }));

    expect(await screen.findByText("Ann said no.")).toBeInTheDocument();
    expect(screen.getByText("The note is changed.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Change the note: Ann said no." })).toHaveFocus();
  });

  test("is deleted", async () => {
    const told = serve({ notes: [NOTE] });
    server.use(
      http.delete("*/api/v1/memory/n-1", () => {
        told.seen = { ...told.seen, notes: [] };
        return new HttpResponse(null, { status: 204 });
      }),
    );
    open();

    await userEvent.click(await screen.findByRole("button", { name: "Delete the note: Ask Ann." }));

    expect(await screen.findByText("The note is deleted.")).toBeInTheDocument();
    expect(screen.queryByText("Ask Ann.")).not.toBeInTheDocument();
    expect(screen.getByRole("heading", { level: 1, name: "Memory" })).toHaveFocus();
  });
});
