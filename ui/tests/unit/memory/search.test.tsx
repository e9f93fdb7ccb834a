import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { useLocation, useNavigate } from "react-router";
import { beforeEach, describe, expect, test } from "vitest";
import type { Hit } from "@/api/types";
import { MemorySearchRoute } from "@/routes/MemorySearchRoute";
import { server } from "../../setup";
import { problem } from "../api";
import { show } from "../render";
import { aHit, aMemory, aSource, aStatus, found, memoryApi } from "./remembered";

beforeEach(() => server.use(...memoryApi()));

/** Answers each question with what `answer` makes of it, and keeps what was asked. */
function serve(answer: (asked: Record<string, unknown>) => object): Record<string, unknown>[] {
  const questions: Record<string, unknown>[] = [];
  server.use(
    http.post("*/api/v1/memory/search", async ({ request }) => {
      const asked = (await request.json()) as Record<string, unknown>;
      questions.push(asked);
      return HttpResponse.json(answer(asked));
    }),
  );
  return questions;
}
const serveHits = (...hits: Hit[]) => serve(() => found(hits));
const open = (path = "/memory") =>
  show(
    <>
      <Address />
      <MemorySearchRoute />
    </>,
    { path },
  );

/** What the browser shows above the page. */
function Address() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  return (
    <>
      <p data-testid="address">{pathname + search}</p>
      <button type="button" onClick={() => navigate(-1)}>
        Back
      </button>
    </>
  );
}
const address = () => screen.getByTestId("address").textContent;
const box = () => screen.getByRole("searchbox", { name: "Search the memory" });

describe("a question", () => {
  test("is asked when typing pauses, and stands in the address", async () => {
    const questions = serve(({ text }) => found(text ? [aHit()] : []));
    open();

    await userEvent.type(box(), "old mill");

    expect(await screen.findByRole("list", { name: "What fits, best first" })).toBeInTheDocument();
    expect(questions.map(({ text }) => text)).toEqual(["", "old mill"]);
    expect(address()).toBe("/memory?q=old+mill");
  });

  test("is asked at once by Enter", async () => {
    const questions = serveHits(aHit());
    open();

    await userEvent.type(box(), "mill{Enter}");

    expect(address()).toBe("/memory?q=mill");
    await expect.poll(() => questions.at(-1)?.text).toBe("mill");
  });

  test("comes back with the address, and so do its filters", async () => {
    const questions = serveHits(aHit());

    open("/memory?q=mill&modality=audio&kind=segment&language=en&tag=history&since=2026-11-01&pinned=true");

    expect(await screen.findByRole("link", { name: "talk.mp3, 1:05" })).toBeInTheDocument();
    expect(box()).toHaveValue("mill");
    expect(screen.getByRole("checkbox", { name: "Sound" })).toBeChecked();
    expect(screen.getByRole("combobox", { name: "Tag" })).toHaveValue("history");
    expect(questions).toEqual([
      {
        text: "mill",
        modality: ["audio"],
        kind: ["segment"],
        language: ["en"],
        tag: ["history"],
        since: new Date("2026-11-01T00:00:00").toISOString(),
        pinned: true,
        limit: 20,
        offset: 0,
      },
    ]);
  });

  test("of before returns by the browser's way back, in the box too", async () => {
    serveHits(aHit());
    open("/memory?q=mill");
    await userEvent.click(await screen.findByRole("checkbox", { name: "Text" }));
    await userEvent.clear(box());
    await userEvent.type(box(), "wheel{Enter}");
    await expect.poll(address).toBe("/memory?q=wheel&modality=text");

    await userEvent.click(screen.getByRole("button", { name: "Back" }));

    await expect.poll(() => (box() as HTMLInputElement).value).toBe("mill");
    expect(address()).toBe("/memory?q=mill&modality=text");
  });

  test("loses no letter to the address that follows it", async () => {
    serveHits(aHit());
    open("/memory?q=mill");
    await userEvent.clear(box());
    await userEvent.click(box());

    await userEvent.setup({ delay: 310 }).keyboard("wheel"); // a letter comes as the one before it is asked

    await expect.poll(address).toBe("/memory?q=wheel");
    expect(box()).toHaveValue("wheel");
  });

  test("that is longer than an address may be is asked all the same", async () => {
    const long = "mühle ".repeat(400).trim();
    const questions = serveHits(aHit());
    open();
    await userEvent.click(box());

    await userEvent.paste(long);

    await expect.poll(() => questions.at(-1)?.text).toBe(long);
    expect(address()).toBe("/memory");
    expect(box()).toHaveValue(long);
  });

  test("can be a picture, with words beside it", async () => {
    const forms: Record<string, unknown>[] = [];
    server.use(
      http.post("*/api/v1/memory/search", async ({ request }) => {
        if (!request.headers.get("Content-Type")?.startsWith("multipart/")) return HttpResponse.json(found([]));
        const form = await request.text();
        forms.push({
          text: /name="text"\r\n\r\n(.*)\r/.exec(form)?.[1],
          hasFile: form.includes('name="file"'),
        });
        return HttpResponse.json(found([aHit({ by: [{ by: "picture", rank: 1, score: 0.91 }] })]));
      }),
    );
    open("/memory?q=water");
    await screen.findByText("Nothing fits.");

    await userEvent.upload(
      screen.getByLabelText("The picture to search with"),
      new File(["p"], "mill.png", { type: "image/png" }),
    );

    expect(await screen.findByText("Picture")).toHaveAttribute("title", expect.stringContaining("looks like"));
    expect(forms).toEqual([{ text: "water", hasFile: true }]);
    await userEvent.click(screen.getByRole("button", { name: "Search without mill.png" }));
    expect(await screen.findByText("Nothing fits.")).toBeInTheDocument();
    expect(box()).toHaveFocus();
  });
});

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

describe("an answer", () => {
  test("says how it was found where that is not by all means", async () => {
    serve(() => found([aHit()], false, ["By words alone: no model answers."]));

    open("/memory?q=mill");

    expect(await screen.findByText("By words alone: no model answers.")).toBeInTheDocument();
    expect(screen.getByText("1 memory, best first.")).toBeInTheDocument();
  });

  test("to a picture that nothing could be compared with says so, and does not call the newest the best", async () => {
    serve(() => found([]));
    open();
    server.use(http.post("*/api/v1/memory/search", () => HttpResponse.json(found([aHit({ by: [] })]))));

    await userEvent.upload(
      screen.getByLabelText("The picture to search with"),
      new File(["p"], "mill.png", { type: "image/png" }),
    );

    expect(await screen.findByText(/None of these was found by the picture/)).toBeInTheDocument();
    expect(screen.getByText("1 memory, newest first.")).toBeInTheDocument();
  });

  test("goes on where more is wanted", async () => {
    const second = aHit({ memory: aMemory({ id: "m-2" }), source: aSource({ title: "second.mp3" }) });
    const questions = serve(({ offset }) => (offset === 0 ? found([aHit()], true) : found([second])));
    open("/memory?q=mill");
    expect(await screen.findByText("The first 1 memory, best first.")).toBeInTheDocument();

    await userEvent.click(screen.getByRole("button", { name: "Show more" }));

    expect(await screen.findByRole("link", { name: "second.mp3, 1:05" })).toBeInTheDocument();
    expect(questions.map(({ offset }) => offset)).toEqual([0, 20]);
    expect(screen.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
  });

  test("of nothing says what helps", async () => {
    open("/memory?q=zzz&tag=history");

    expect(await screen.findByText(/Try other or fewer words.*or fewer filters/)).toBeInTheDocument();
  });

  test("of an empty memory says how it is filled", async () => {
    server.use(http.get("*/api/v1/memory/status", () => HttpResponse.json(aStatus({ memories: 0, indexing: 2 }))));

    open();

    expect(await screen.findByText(/^Nothing is remembered yet/)).toBeInTheDocument();
    expect(screen.getByText("It is being remembered now.")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "To the studio" })).toHaveAttribute("href", "/");
  });

  test("that failed is told, and asked for again", async () => {
    server.use(
      http.post("*/api/v1/memory/search", () => problem(503, { code: "database_away", detail: "It is away." }), {
        once: true,
      }),
    );
    open("/memory?q=mill");
    expect(await screen.findByRole("alert")).toHaveTextContent("It is away.");
    serveHits(aHit());

    await userEvent.click(screen.getByRole("button", { name: "Try again" }));

    expect(await screen.findByRole("link", { name: "talk.mp3, 1:05" })).toBeInTheDocument();
  });
});

describe("filters", () => {
  test("narrow what is found, and are cleared together", async () => {
    const questions = serveHits(aHit());
    server.use(
      http.get("*/api/v1/memory/collections", () =>
        HttpResponse.json({ items: [{ id: "c-1", name: "Mills", sources: 1, created_at: "" }] }),
      ),
    );
    open("/memory?q=mill");
    await userEvent.click(await screen.findByRole("button", { name: "Filters" }));
    await userEvent.selectOptions(
      screen.getByRole("combobox", { name: "Collection" }),
      await screen.findByText("Mills"),
    );
    await userEvent.click(screen.getByRole("checkbox", { name: "Pinned only" }));
    await expect.poll(() => questions.at(-1)).toMatchObject({ text: "mill", collection: "c-1", pinned: true });

    await userEvent.click(screen.getByRole("button", { name: "Clear" }));

    await expect.poll(address).toBe("/memory?q=mill");
    expect(screen.getByRole("button", { name: "Filters" })).toBeInTheDocument();
  });

  test("that make no sense in an address are passed over", async () => {
    const questions = serveHits(aHit());

    open("/memory?q=mill&modality=smell&kind=&since=yesterday&until=2026-13-45&pinned=maybe");

    await screen.findByRole("link", { name: "talk.mp3, 1:05" });
    expect(questions).toEqual([{ text: "mill", limit: 20, offset: 0 }]);
  });
});
