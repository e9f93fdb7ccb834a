import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, test } from "vitest";
import type { MemoryStatus } from "@/api/types";
import { MemoryRoute } from "@/routes/MemoryRoute";
import { MemoryUpkeepRoute } from "@/routes/MemoryUpkeepRoute";
import { server } from "../../setup";
import { problem } from "../api";
import { aJob, aModel } from "../examples";
import { show } from "../render";
import { aStatus } from "./remembered";

const SPACE: MemoryStatus["spaces"][number] = {
  kind: "text",
  model: "all-MiniLM-L6-v2",
  dimensions: 384,
  is_joint: false,
  state: "active",
  vectors: 12,
};

function serve(part: Partial<MemoryStatus> = {}) {
  server.use(
    http.get("*/api/v1/memory/status", () => HttpResponse.json(aStatus(part))),
    http.get("*/api/v1/models", () =>
      HttpResponse.json({
        items: [],
        models: [aModel({ name: "embed/bge-small-en-v1.5", capability: "embed", present: true })],
      }),
    ),
  );
}
const open = () => show(<MemoryUpkeepRoute />, { path: "/memory/upkeep" });

test("the memory's head tells how much is remembered and how much waits", async () => {
  serve({ memories: 1200, sources: 1, indexing: 2 });

  show(<MemoryRoute />, { path: "/memory" });

  const told = await screen.findByText(/1,200 memories/);
  expect(told).toHaveTextContent("1,200 memories of 1 source. 2 jobs still to be remembered.");
  const pages = within(screen.getByRole("navigation", { name: "Memory" })).getAllByRole("link");
  expect(pages.map(({ textContent }) => textContent)).toEqual(["Search", "Sources", "Map", "Upkeep"]);
  expect(pages[0]).toHaveAttribute("aria-current", "page");
});

describe("the models that memories are compared by", () => {
  test("are told with what they hold", async () => {
    serve({ spaces: [SPACE, { ...SPACE, model: "bge", state: "building", vectors: 1 }] });

    open();

    const spaces = await screen.findByRole("list", { name: "Models that memories are compared by" });
    const told = within(spaces).getAllByRole("listitem");
    expect(told.map(({ textContent }) => textContent)).toEqual([
      "all-MiniLM-L6-v2Texts, 12 vectors of 384 numbers, searched.",
      "bgeTexts, 1 vector of 384 numbers, being filled, not searched yet.",
    ]);
  });

  test("are missed where none can be kept, and it is told why", async () => {
    serve({ by_meaning: false, why_not: "pgvector is not installed." });

    open();

    expect(await screen.findByText(/found by their words alone. pgvector is not installed/)).toBeInTheDocument();
  });

  test("are replaced by another, with the progress of it", async () => {
    const asked: unknown[] = [];
    const job = aJob({ pipeline: "memory.reindex", state: "running", inputs: [] });
    serve({ spaces: [SPACE] });
    server.use(
      http.post("*/api/v1/memory/reindex", async ({ request }) => {
        asked.push(await request.json());
        return HttpResponse.json(job, { status: 202 });
      }),
      http.get("*/api/v1/jobs/job-1", () => HttpResponse.json({ ...job, progress: { fraction: 0.5, note: "half" } })),
    );
    open();
    await userEvent.type(await screen.findByRole("combobox", { name: "Embedding model" }), "bge-small-en-v1.5");

    await userEvent.click(screen.getByRole("button", { name: "Embed anew" }));

    expect(await screen.findByText("half")).toBeInTheDocument();
    expect(asked).toEqual([{ kind: "text", model: "bge-small-en-v1.5" }]);
    expect(screen.getByRole("link", { name: "Its job" })).toHaveAttribute("href", "/jobs/job-1");
  });

  test("of pictures are replaced as well, by a model that sees", async () => {
    const asked: unknown[] = [];
    serve();
    server.use(
      http.post("*/api/v1/memory/reindex", async ({ request }) => {
        asked.push(await request.json());
        return problem(409, { code: "reindexing", detail: "It is under way." });
      }),
    );
    open();
    await userEvent.selectOptions(await screen.findByRole("combobox", { name: "Vectors of" }), "Pictures");
    await userEvent.type(screen.getByRole("combobox", { name: "Embedding model" }), "ViT-B-16{Enter}");

    expect(await screen.findByRole("alert")).toHaveTextContent("It is under way.");
    expect(asked).toEqual([{ kind: "picture", model: "ViT-B-16" }]);
  });

  test("that are not here are refused with the reason", async () => {
    serve();
    server.use(
      http.post("*/api/v1/memory/reindex", () => problem(422, { code: "invalid_request", detail: "No such model." })),
    );
    open();
    await userEvent.type(await screen.findByRole("combobox", { name: "Embedding model" }), "nonsense{Enter}");

    expect(await screen.findByRole("alert")).toHaveTextContent("No such model.");
  });
});

describe("the archive", () => {
  test("is exported by a link", async () => {
    serve();

    open();

    const link = await screen.findByRole("link", { name: "Export everything" });
    expect(link).toHaveAttribute("href", "/api/v1/memory/export");
    expect(link).toHaveAttribute("download");
  });

  const choose = async () =>
    userEvent.upload(await screen.findByLabelText("The archive to import"), new File(["PK"], "triptych.zip"));

  test("is taken in, and what it brought is told", async () => {
    serve();
    server.use(
      http.post("*/api/v1/memory/import", () =>
        HttpResponse.json({ files: 2, jobs: 1, memories: 40, conversations: 0, skipped: 3, warnings: ["No model."] }),
      ),
    );
    open();

    await choose();

    const told = "Taken in: 2 files, 1 job, 40 memories, 0 conversations. 3 were here already.";
    expect(await screen.findAllByText(told)).toHaveLength(2); // seen and spoken
    expect(screen.getByText("No model.")).toBeInTheDocument();
  });

  test("that is none is refused with the reason", async () => {
    serve();
    server.use(
      http.post("*/api/v1/memory/import", () => problem(422, { code: "bad_archive", detail: "It is no archive." })),
    );
    open();

    await choose();

    expect(await screen.findByRole("alert")).toHaveTextContent("It is no archive.");
  });
});
