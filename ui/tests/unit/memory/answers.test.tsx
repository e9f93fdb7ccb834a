import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, test } from "vitest";
import { server } from "../../setup";
import { problem } from "../api";
import { aHit, aMemory, aSource, aStatus, found, memoryApi } from "./remembered";
import { address, open, serve, serveHits } from "./searching";

beforeEach(() => server.use(...memoryApi()));

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
    expect(screen.queryByText("Nothing fits.")).not.toBeInTheDocument();
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
