import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, test } from "vitest";
import type { Collection, Source } from "@/api/types";
import { MemorySourceRoute } from "@/routes/MemorySourceRoute";
import { MemorySourcesRoute } from "@/routes/MemorySourcesRoute";
import { server } from "../../setup";
import { problem } from "../api";
import { show } from "../render";
import { aMemory, aSource, memoryApi } from "./remembered";

beforeEach(() => server.use(...memoryApi()));

/** Sources and collections as the API tells them; what is told may be changed later. */
function serve(...sources: Source[]) {
  const told = { sources, collections: [] as Collection[], asked: [] as string[] };
  server.use(
    http.get("*/api/v1/memory/sources", ({ request }) => {
      told.asked.push(new URL(request.url).search);
      const items = told.sources.map((source) => ({ source, memories: 4, modalities: ["audio"] }));
      return HttpResponse.json({ items, next: null });
    }),
    http.get("*/api/v1/memory/collections", () => HttpResponse.json({ items: told.collections })),
    http.get("*/api/v1/memory/tags", () => HttpResponse.json({ items: [{ tag: "history", sources: 1 }] })),
  );
  return told;
}
const aCollection = (part: Partial<Collection> = {}): Collection => ({
  id: "c-1",
  name: "Mills",
  sources: 0,
  created_at: "2026-11-22T10:00:00.000Z",
  ...part,
});
const open = (path = "/memory/sources") => show(<MemorySourcesRoute />, { path });

describe("the sources", () => {
  test("tell what they are and how much is remembered of them", async () => {
    serve(aSource());

    open();

    const source = within(await screen.findByRole("list", { name: "Sources" }));
    expect(source.getByRole("link", { name: "talk.mp3" })).toHaveAttribute("href", "/memory/sources/s-1");
    expect(source.getByText(/^Sound \(MP3\), 4 memories,/)).toBeInTheDocument();
  });

  test("are narrowed by what is chosen, which stands in the address", async () => {
    const told = serve(aSource());
    open("/memory/sources?modality=audio");
    await screen.findByRole("option", { name: "history" });

    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Tag" }), "history");

    await expect.poll(() => told.asked).toEqual(["?limit=25&modality=audio", "?limit=25&tag=history&modality=audio"]);
  });

  test("that cannot be loaded are told, and asked for again", async () => {
    server.use(http.get("*/api/v1/memory/sources", () => problem(500, { code: "internal", detail: "It broke." })));
    open();
    await screen.findByText("It broke.");
    serve(aSource());

    await userEvent.click(screen.getByRole("button", { name: "Try again" }));

    expect(await screen.findByRole("link", { name: "talk.mp3" })).toBeInTheDocument();
  });
});

describe("tags", () => {
  function serveTags(told: ReturnType<typeof serve>) {
    server.use(
      http.put("*/api/v1/memory/sources/s-1/tags", async ({ request }) => {
        const { tags } = (await request.json()) as { tags: string[] };
        told.sources = [aSource({ tags })];
        return HttpResponse.json(aSource({ tags }));
      }),
    );
  }

  test("are added by name", async () => {
    serveTags(serve(aSource({ tags: ["old"] })));
    open();

    await userEvent.type(await screen.findByRole("combobox", { name: "New tag of talk.mp3" }), " History {Enter}");

    const link = await screen.findByRole("link", { name: "All with the tag history" });
    expect(link).toHaveAttribute("href", "/memory?tag=history");
    expect(screen.getByRole("link", { name: "All with the tag old" })).toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "New tag of talk.mp3" })).toHaveValue("");
  });

  test("are removed, and the keyboard stays beside them", async () => {
    serveTags(serve(aSource({ tags: ["old"] })));
    open();

    await userEvent.click(await screen.findByRole("button", { name: "Remove the tag old from talk.mp3" }));

    expect(await screen.findByText("The tag old is removed.")).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "All with the tag old" })).not.toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "New tag of talk.mp3" })).toHaveFocus();
  });
});

describe("collections", () => {
  test("are made for a source, which is then in it", async () => {
    const told = serve(aSource());
    server.use(
      http.post("*/api/v1/memory/collections", () => {
        told.collections = [aCollection()];
        return HttpResponse.json(aCollection(), { status: 201 });
      }),
      http.put("*/api/v1/memory/collections/c-1/sources/s-1", () => {
        told.sources = [aSource({ collections: ["c-1"] })];
        return new HttpResponse(null, { status: 204 });
      }),
    );
    open();
    await userEvent.click(await screen.findByText("In no collection"));

    await userEvent.type(screen.getByRole("textbox", { name: "New collection for talk.mp3" }), "Mills{Enter}");

    expect(await screen.findByText("In Mills")).toBeInTheDocument();
    expect(screen.getByRole("checkbox", { name: "Mills" })).toBeChecked();
    expect(screen.getByText("talk.mp3 is now in Mills.")).toBeInTheDocument();
  });

  test("let a source go", async () => {
    const told = serve(aSource({ collections: ["c-1"] }));
    told.collections = [aCollection({ sources: 1 })];
    server.use(
      http.delete("*/api/v1/memory/collections/c-1/sources/s-1", () => {
        told.sources = [aSource()];
        return new HttpResponse(null, { status: 204 });
      }),
    );
    open();
    await userEvent.click(await screen.findByText("In Mills"));

    await userEvent.click(screen.getByRole("checkbox", { name: "Mills" }));

    expect(await screen.findByText("talk.mp3 is no longer in Mills.")).toBeInTheDocument();
    expect(screen.getByText("In no collection")).toBeInTheDocument();
  });

  test("are renamed", async () => {
    const told = serve();
    told.collections = [aCollection()];
    server.use(
      http.patch("*/api/v1/memory/collections/c-1", async ({ request }) => {
        const { name } = (await request.json()) as { name: string };
        told.collections = [aCollection({ name })];
        return HttpResponse.json(told.collections[0]);
      }),
    );
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Rename Mills" }));

    await userEvent.type(screen.getByRole("textbox", { name: "Another name for Mills" }), " of old{Enter}");

    expect(await screen.findByRole("link", { name: "Mills of old" })).toHaveAttribute("href", "/memory?collection=c-1");
    expect(screen.getByRole("link", { name: "Mills of old" })).toHaveFocus();
  });

  test("are deleted only after it was confirmed", async () => {
    const told = serve();
    told.collections = [aCollection()];
    const deleted: string[] = [];
    server.use(
      http.delete("*/api/v1/memory/collections/:id", ({ params }) => {
        deleted.push(String(params.id));
        told.collections = [];
        return new HttpResponse(null, { status: 204 });
      }),
    );
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Delete Mills" }));
    const before = [...deleted];

    await userEvent.click(screen.getByRole("button", { name: "Delete it" }));

    expect(await screen.findByText("Mills is deleted; what it held stays.")).toBeInTheDocument();
    expect([before, deleted]).toEqual([[], ["c-1"]]);
    expect(screen.getByRole("heading", { name: "Collections" })).toHaveFocus();
  });

  test("of a name that is taken say so", async () => {
    serve();
    server.use(
      http.post("*/api/v1/memory/collections", () => problem(409, { code: "name_taken", detail: "Mills is taken." })),
    );
    open();

    await userEvent.type(screen.getByRole("textbox", { name: "Name of a new collection" }), "Mills{Enter}");

    expect(await screen.findByRole("alert")).toHaveTextContent("Mills is taken.");
    expect(screen.getByRole("textbox", { name: "Name of a new collection" })).toHaveValue("Mills");
  });
});

test("one source shows all that is remembered of it in its order", async () => {
  const pages: Record<string, object> = {
    "": { items: [aMemory({ text: "First." })], next: "more" },
    more: { items: [aMemory({ id: "m-2", text: "Second.", place: { start_s: 80 } })], next: null },
  };
  server.use(
    http.get("*/api/v1/memory/sources/s-1", () => HttpResponse.json({ source: aSource(), memories: 2 })),
    http.get("*/api/v1/memory/sources/s-1/memories", ({ request }) =>
      HttpResponse.json(pages[new URL(request.url).searchParams.get("cursor") ?? ""]),
    ),
  );
  show(<MemorySourceRoute />, { path: "/memory/sources/s-1", route: "/memory/sources/:id" });

  await userEvent.click(await screen.findByRole("button", { name: "Show more of it" }));

  const lines = await within(screen.getByRole("list", { name: "Memories of talk.mp3" })).findAllByRole("link");
  await expect.poll(() => screen.queryByRole("button", { name: "Show more of it" })).toBeNull();
  expect(lines[0]).toHaveTextContent("1:05First.");
  expect(screen.getByRole("link", { name: /Second/ })).toHaveAttribute("href", "/memory/m-2");
});
