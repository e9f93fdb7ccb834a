import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, test } from "vitest";
import { server } from "../../setup";
import { problem } from "../api";
import { aHit, aMemory, aSource, found, memoryApi } from "./remembered";
import { open, serve, serveHits } from "./searching";

beforeEach(() => server.use(...memoryApi()));

describe("a hit", () => {
  const row = async () => within((await screen.findByRole("heading", { level: 3 })).closest("li") as HTMLElement);

  test("shows where it is from and what fits, and opens at its second", async () => {
    serveHits(aHit());

    open("/memory?q=mill");

    const hit = await row();
    expect(hit.getByRole("link", { name: "talk.mp3, 1:05" })).toHaveAttribute("href", "/jobs/job-1?t=65.5");
    expect(hit.getByText("mill", { selector: "mark" })).toBeInTheDocument();
    expect(hit.getByText("Words")).toHaveAttribute("title", expect.stringContaining("number 1 by it, score 7.20"));
  });

  test("is marked by characters, of which an emoji is one", async () => {
    serveHits(
      aHit({
        snippet: "🌊🌊 mill 🌊 wheel",
        marks: [
          [3, 7],
          [10, 15],
        ],
      }),
    );

    open("/memory?q=mill");

    const marked = (await screen.findAllByText(/./, { selector: "mark" })).map(({ textContent }) => textContent);
    expect(marked).toEqual(["mill", "wheel"]);
    expect(screen.getByText(/🌊🌊/).closest("p")).toHaveTextContent("🌊🌊 mill 🌊 wheel");
  });

  test("plays from its second, one at a time", async () => {
    const other = aHit({ memory: aMemory({ id: "m-2" }), source: aSource({ title: "other.mp3" }) });
    serveHits(aHit(), other);
    open("/memory?q=mill");
    await userEvent.click(await screen.findByRole("button", { name: "Play other.mp3 from 1:05" }));

    await userEvent.click(screen.getByRole("button", { name: "Play talk.mp3 from 1:05" }));

    const player = screen.getByLabelText("Player of talk.mp3");
    expect(player).toHaveAttribute("src", "/api/v1/files/file-1/content#t=65.5");
    expect(screen.queryByLabelText("Player of other.mp3")).not.toBeInTheDocument();
  });

  test("of a picture shows it small, or its sign where the browser cannot", async () => {
    const source = aSource({ title: "mill.heic", media_type: "image/heic" });
    serveHits(aHit({ memory: aMemory({ kind: "labels", modality: "image", place: {} }), source, link: "/jobs/job-1" }));
    open("/memory?q=mill");
    const picture = await screen.findByRole("img", { name: "Picture: mill.heic" });

    fireEvent.error(picture);

    expect(screen.getByRole("img", { name: "Pictures" })).toBeInTheDocument();
    expect(picture).toHaveAttribute("src", "/api/v1/files/file-1/content");
    expect(screen.getByRole("link", { name: "mill.heic" })).toHaveAttribute("href", "/jobs/job-1");
  });

  test("is pinned, and says so", async () => {
    let pinned_at: string | null = null;
    serve(() => found([aHit({ memory: aMemory({ pinned_at }) })]));
    server.use(
      http.put("*/api/v1/memory/m-1/pin", () => {
        pinned_at = "2026-11-22T11:00:00.000Z";
        return HttpResponse.json(aMemory({ pinned_at }));
      }),
    );
    open();

    await userEvent.click(await screen.findByRole("button", { name: "Pin: talk.mp3" }));

    expect(await screen.findByRole("button", { name: "Unpin: talk.mp3" })).toBeInTheDocument();
    expect(screen.getByText("Pinned.")).toBeInTheDocument();
  });

  test("takes a note, which stays in its box where it could not be kept", async () => {
    const notes: unknown[] = [];
    serveHits(aHit());
    server.use(
      http.post("*/api/v1/memory/notes", () => problem(503, { code: "database_away", detail: "It is away." }), {
        once: true,
      }),
      http.post("*/api/v1/memory/notes", async ({ request }) => {
        notes.push(await request.json());
        return HttpResponse.json(aMemory({ kind: "note" }), { status: 201 });
      }),
    );
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Write a note at talk.mp3" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Note at talk.mp3" }), "Ask Ann.");
    await userEvent.click(screen.getByRole("button", { name: "Keep the note" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("It is away.");

    await userEvent.click(screen.getByRole("button", { name: "Keep the note" }));

    expect(await screen.findByText("The note is kept.")).toBeInTheDocument();
    expect(notes).toEqual([{ source_id: "s-1", text: "Ask Ann.", memory_id: "m-1" }]);
    expect(screen.getByRole("button", { name: "Write a note at talk.mp3" })).toHaveFocus();
  });
});
