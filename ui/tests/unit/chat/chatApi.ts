/** Conversations as the API tells them, held in memory, and example values of their types. */
import { HttpResponse, http } from "msw";
import type { ChatMessage, Citation, Conversation, Job, Part } from "@/api/types";
import { server } from "../../setup";
import { problem } from "../api";
import { aJob } from "../examples";

const NOW = "2026-11-27T10:00:00.000Z";

export function aConversation(part: Partial<Conversation> = {}): Conversation {
  const settings = { memory: "always" as const, system: "", model: "", temperature: 0.2, speak: false };
  return { id: "talk-1", title: "The mill", settings, created_at: NOW, updated_at: NOW, ...part };
}

export function aQuestion(part: Partial<ChatMessage> = {}): ChatMessage {
  const nothing = { job_id: null, state: null, citations: [], engine: null, warnings: [], error: null, speech: null };
  const said = { id: "q1", parent_id: null, role: "user" as const, text: "When was it built?", files: [] };
  return { ...said, ...nothing, created_at: NOW, ...part };
}

export function aReply(part: Partial<ChatMessage> = {}): ChatMessage {
  const text = "In 1812 [1].";
  return aQuestion({
    id: "r1",
    parent_id: "q1",
    role: "assistant",
    text,
    job_id: "job-1",
    state: "succeeded",
    ...part,
  });
}

/** A reply that is being written by job-1. */
export const aComingReply = (part: Partial<ChatMessage> = {}) => aReply({ text: "", state: "running", ...part });

export function aCitation(part: Partial<Citation> = {}): Citation {
  return {
    number: 1,
    memory_id: null,
    source_id: "source-1",
    file_id: "file-1",
    job_id: "job-9",
    title: "tour.wav",
    text: "The mill was built in 1812.",
    place: { start_s: 65.2, end_s: 69 },
    kind: "segment",
    modality: "audio",
    gone: false,
    link: "/jobs/job-9?t=65.2",
    ...part,
  };
}

interface Held {
  conversations?: Conversation[];
  messages?: ChatMessage[];
  job?: Job;
  parts?: Part[];
}

/** Serve these; what is asked is noted in `asked` and answered with a reply that is being written. */
export function serveChat({ conversations = [aConversation()], messages = [], job, parts = [] }: Held = {}) {
  const held = {
    conversations,
    messages,
    job: job ?? aJob({ pipeline: "chat.reply", state: "running", inputs: [], lane: "net" }),
    parts,
    asked: [] as unknown[],
    keys: [] as (string | null)[],
    searched: [] as string[],
  };
  const find = (id: unknown) => held.conversations.find((one) => one.id === id);
  const missing = () => problem(404, { code: "not_found", detail: "There is no such conversation." });
  const accept = (message: ChatMessage, isFresh: boolean) => {
    const reply = aComingReply({ id: `r-${held.messages.length}`, parent_id: message.id });
    held.messages = [...held.messages, ...(isFresh ? [message] : []), reply];
    return HttpResponse.json({ message, reply }, { status: 202 });
  };
  const aFreshOne = (text: string, parent_id: string | null) =>
    aQuestion({ id: `q-${held.messages.length}`, parent_id, text });
  const messageOf = (id: unknown) => held.messages.find((one) => one.id === id);
  server.use(
    http.get("*/api/v1/conversations", ({ request }) => {
      const words = new URL(request.url).searchParams.get("q") ?? "";
      held.searched.push(words);
      const items = held.conversations.filter(({ title }) => title.includes(words));
      return HttpResponse.json({ items, next: null });
    }),
    http.post("*/api/v1/conversations", async ({ request }) => {
      const begun = aConversation({ id: "talk-new", title: "", ...((await request.json()) as object) });
      held.conversations = [begun, ...held.conversations];
      return HttpResponse.json(begun, { status: 201 });
    }),
    http.get("*/api/v1/conversations/:id", ({ params }) =>
      find(params.id) ? HttpResponse.json(find(params.id)) : missing(),
    ),
    http.patch("*/api/v1/conversations/:id", async ({ params, request }) => {
      const change = (await request.json()) as Partial<Conversation>;
      held.asked.push(change);
      held.conversations = held.conversations.map((one) => (one.id === params.id ? { ...one, ...change } : one));
      return HttpResponse.json(find(params.id));
    }),
    http.delete("*/api/v1/conversations/:id", ({ params }) => {
      held.conversations = held.conversations.filter(({ id }) => id !== params.id);
      return new HttpResponse(null, { status: 204 });
    }),
    http.get("*/api/v1/conversations/:id/messages", ({ params }) =>
      find(params.id) ? HttpResponse.json({ items: held.messages, next: null }) : missing(),
    ),
    http.post("*/api/v1/conversations/:id/messages", async ({ request }) => {
      const said = (await request.json()) as { text: string; parent_id: string | null };
      held.asked.push(said);
      held.keys.push(request.headers.get("Idempotency-Key"));
      return accept(aFreshOne(said.text, said.parent_id), true);
    }),
    http.post("*/api/v1/conversations/:id/messages/:mid/edit", async ({ params, request }) => {
      const said = (await request.json()) as { text: string };
      held.asked.push({ edit: params.mid, ...said });
      return accept(aFreshOne(said.text, messageOf(params.mid)?.parent_id ?? null), true);
    }),
    http.post("*/api/v1/conversations/:id/messages/:mid/regenerate", ({ params, request }) => {
      held.asked.push({ regenerate: params.mid });
      held.keys.push(request.headers.get("Idempotency-Key"));
      return accept(messageOf(messageOf(params.mid)?.parent_id) ?? aQuestion(), false);
    }),
    http.get("*/api/v1/jobs/:id/parts", () => HttpResponse.json({ items: held.parts, next: null })),
    http.get("*/api/v1/jobs/:id", () => HttpResponse.json(held.job)),
    http.post("*/api/v1/jobs/:id/cancel", ({ params }) => {
      held.asked.push({ cancel: params.id });
      held.messages = held.messages.map((one) => (one.job_id === params.id ? { ...one, state: "cancelled" } : one));
      return HttpResponse.json(held.job);
    }),
  );
  return held;
}
