import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, test } from "vitest";
import { server } from "../../setup";
import { aHit, found, memoryApi } from "./remembered";
import { address, box, open, serve, serveHits } from "./searching";

beforeEach(() => server.use(...memoryApi()));

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
