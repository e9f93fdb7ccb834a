import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http, ws } from "msw";
import { describe, expect, test } from "vitest";
import { jobKeys } from "@/api/jobs";
import type { Part } from "@/api/types";
import { applyEvent } from "@/live/apply";
import { LiveProvider, useConnection } from "@/live/LiveProvider";
import { ChatRoute } from "@/routes/ChatRoute";
import { server } from "../../setup";
import { aJob, anEvent } from "../examples";
import { show } from "../render";
import { aCitation, aComingReply, aConversation, aQuestion, aReply, serveChat } from "./chatApi";
import { openChat } from "./show";

const token = (seq: number, text: string): Part => ({ seq, kind: "token", body: { text } });
const ofReply = { pipeline: "chat.reply" };
const socket = ws.link("ws://localhost:8000/api/v1/socket");
const end = { state: "succeeded" as const, error: null, warnings: [], cached: false, attempt: 1 };

describe("a reply that is being written", () => {
  test("grows token by token as the events bring them, and is settled when its job ends", async () => {
    const held = serveChat({ messages: [aQuestion(), aComingReply()], parts: [token(1, "In **18")] });
    const { client } = openChat();
    expect(await screen.findByText("In **18")).toBeInTheDocument();

    act(() => void applyEvent(client, { ...anEvent("job.part", { ...token(2, "12**."), attempt: 1 }), ...ofReply }));
    expect(await screen.findByText("1812")).toBeInTheDocument();
    held.messages = [aQuestion(), aReply({ text: "In **1812** [1].", citations: [aCitation()] })];
    act(() => void applyEvent(client, { ...anEvent("job.finished", end), ...ofReply }));

    expect(await screen.findByRole("button", { name: "Source 1: tour.wav" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Stop" })).not.toBeInTheDocument();
  });

  test("shows what is there before its parts are loaded, as after a reload", async () => {
    serveChat({ messages: [aQuestion(), aComingReply({ text: "In eighteen" })] });
    server.use(http.get("*/api/v1/jobs/:id/parts", () => new Promise<never>(() => undefined)));

    openChat();

    expect(await screen.findByText("In eighteen")).toBeInTheDocument();
  });

  test("says what it waits for before the first word", async () => {
    const progress = { fraction: 0.5, note: "waiting for 2 jobs" };
    const job = aJob({ ...ofReply, state: "queued", inputs: [], progress, not_before: "2026-11-27T10:00:30.000Z" });
    serveChat({ messages: [aQuestion(), aComingReply()], job });
    const hearing = aJob({ id: "job-3", pipeline: "audio.transcribe", state: "running" });
    const read = aJob({ id: "job-2", pipeline: "image.read", state: "succeeded" });
    server.use(http.get("*/api/v1/jobs", () => HttpResponse.json({ items: [hearing, read], next: null })));

    openChat();

    const awaited = within(await screen.findByRole("list", { name: "What the reply waits for" }));
    expect(awaited.getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
      "Transcribe speech: mill.txt (running)",
    ]);
    expect(screen.getByText("waiting for 2 jobs")).toBeInTheDocument();
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "50");
  });

  test("is stopped, and what it said by then stays", async () => {
    const held = serveChat({ messages: [aQuestion(), aComingReply({ text: "In" })], parts: [token(1, "In")] });
    openChat();

    await userEvent.click(await screen.findByRole("button", { name: "Stop" }));

    expect(await screen.findByText("Stopped here.")).toBeInTheDocument();
    expect(screen.getByText("In")).toBeInTheDocument();
    expect(held.asked).toEqual([{ cancel: "job-1" }]);
    expect(await screen.findByRole("button", { name: "Send" })).toBeInTheDocument();
  });

  test("begins anew where its job is tried again", async () => {
    const job = aJob({ ...ofReply, state: "running", inputs: [], attempt: 1 });
    const held = serveChat({ messages: [aQuestion(), aComingReply()], job, parts: [token(1, "Lost words")] });
    const { client } = openChat();
    await screen.findByText("Lost words");
    held.parts = [token(1, "Other words")];
    held.job = aJob({ ...job, attempt: 2 });

    act(() => void applyEvent(client, { ...anEvent("job.started", { attempt: 2, worker: "net@host" }), ...ofReply }));

    expect(await screen.findByText("Other words")).toBeInTheDocument();
    expect(screen.queryByText("Lost words")).not.toBeInTheDocument();
  });
});

const ChatOnceLive = () => useConnection() === "live" && <ChatRoute />;

test("a reply that ended while its conversation was loaded for the first time is not waited for", async () => {
  serveChat({ messages: [aQuestion(), aReply()], job: aJob({ ...ofReply, state: "succeeded" }) });
  const early = { items: [aQuestion(), aComingReply()], next: null };
  server.use(
    http.get("*/api/v1/conversations/:id/messages", () => HttpResponse.json(early), { once: true }),
    socket.addEventListener("connection", ({ client }) => client.send(JSON.stringify({ type: "hello", id: "5" }))),
  );

  show(
    <LiveProvider>
      <ChatOnceLive />
    </LiveProvider>,
    { path: "/chat/talk-1", route: "/chat/:id?" },
  );

  expect(await screen.findByText("In 1812 [1].")).toBeInTheDocument();
});

test("a reply that failed says why, what helps, and can be written again", async () => {
  const error = { code: "server_away", message: "The server at http://127.0.0.1:1 does not answer" };
  const held = serveChat({ messages: [aQuestion(), aReply({ text: "In", state: "failed", error })] });
  openChat();
  expect(await screen.findByRole("region", { name: "Error" })).toHaveTextContent(/does not answer.*server_away/);

  await userEvent.click(screen.getByRole("button", { name: "Regenerate" }));

  expect(await screen.findByText("2 / 2")).toBeInTheDocument();
  expect(held.asked).toEqual([{ regenerate: "r1" }]);
});

describe("citations", () => {
  const cited = (part: Parameters<typeof aCitation>[0] = {}) =>
    serveChat({
      messages: [aQuestion(), aReply({ text: "In 1812 [1], they say [7].", citations: [aCitation(part)] })],
    });

  test("show the words and where they stand, and lead there", async () => {
    cited();
    openChat();

    await userEvent.click(await screen.findByRole("button", { name: "Source 1: tour.wav" }));

    const card = screen.getByRole("note", { name: "Source 1" });
    expect(card).toHaveTextContent("The mill was built in 1812.");
    expect(card).toHaveTextContent("at 1:05");
    const link = within(card).getByRole("link", { name: "Open it at its place" });
    expect(link).toHaveAttribute("href", "/jobs/job-9?t=65.2");
  });

  test("of an attached document lead into it, not to a download", async () => {
    const link = "/files/file-1?page=3&from=5&to=90";
    cited({ kind: "passage", title: "mill.pdf", place: { start: 5, end: 90, page: 3 }, job_id: null, link });
    openChat();

    const sources = within(await screen.findByRole("list", { name: "Sources" }));

    expect(sources.getByRole("link", { name: "mill.pdf" })).toHaveAttribute("href", link);
    expect(sources.getByRole("link", { name: "mill.pdf" })).not.toHaveAttribute("download");
  });

  test("are closed by Escape, and the focus is where it was", async () => {
    cited();
    openChat();
    await userEvent.click(await screen.findByRole("button", { name: "Source 1: tour.wav" }));
    await userEvent.tab();

    await userEvent.keyboard("{Escape}");

    expect(screen.queryByRole("note", { name: "Source 1" })).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Source 1: tour.wav" })).toHaveFocus();
  });

  test("of a deleted source keep what was cited, and say that it is gone", async () => {
    cited({ gone: true, link: null });
    openChat();

    await userEvent.click(await screen.findByRole("button", { name: "Source 1: tour.wav" }));

    const card = screen.getByRole("note", { name: "Source 1" });
    expect(card).toHaveTextContent("The mill was built in 1812.");
    expect(card).toHaveTextContent("tour.wav was deleted.");
    expect(within(screen.getByRole("list", { name: "Sources" })).queryByRole("link")).not.toBeInTheDocument();
  });

  test("that do not exist stay the words they are", async () => {
    cited();

    openChat();

    expect(await screen.findByText(/they say \[7\]/)).toBeInTheDocument();
    expect(screen.getAllByRole("button", { name: /^Source/ })).toHaveLength(1);
  });
});

describe("a reply read aloud", () => {
  const speech = "/api/v1/jobs/job-5/outputs/speech.mp3";
  const speaking = aConversation({ settings: { ...aConversation().settings, speak: true } });

  test("waits for a click where it was there before", async () => {
    serveChat({ conversations: [speaking], messages: [aQuestion(), aReply({ speech })] });

    openChat();

    expect(await screen.findByLabelText("The reply read aloud")).toHaveProperty("autoplay", false);
  });

  test("begins by itself where that was wished for and it came just now", async () => {
    const held = serveChat({ conversations: [speaking], messages: [aQuestion(), aComingReply()] });
    const { client } = openChat();
    await screen.findByRole("button", { name: "Stop" });
    held.messages = [aQuestion(), aReply({ speech })];

    const spoken = { pipeline: "audio.speak", job_id: "job-5", parent_id: "job-1" };
    act(() => void applyEvent(client, { ...anEvent("job.finished", end), ...spoken }));

    expect(await screen.findByLabelText("The reply read aloud")).toHaveProperty("autoplay", true);
  });
});

test("the jobs that write replies stand in no list of jobs", () => {
  const { client } = show(<p>The studio</p>);
  client.setQueryData(jobKeys.list(null), { pages: [{ items: [], next: null }], pageParams: [null] });

  const isComplete = applyEvent(client, {
    ...anEvent("job.started", { attempt: 1, worker: "net@host" }),
    ...ofReply,
  });

  expect(isComplete).toBe(true);
});
