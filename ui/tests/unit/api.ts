/** The API as the unit tests meet it, by default: a catalogue, no jobs, and nothing that waits. */
import { HttpResponse, http, type RequestHandler } from "msw";
import type { Problem } from "@/api/types";
import { SUMMARIZE, TRANSCRIBE } from "./examples";

export function api(): RequestHandler[] {
  return [
    http.get("*/api/v1/door", () => HttpResponse.json({ mode: "accounts", needs_setup: false, provider: null })),
    http.get("*/api/v1/pipelines", () => HttpResponse.json({ items: [SUMMARIZE, TRANSCRIBE] })),
    http.get("*/api/v1/lanes", () => HttpResponse.json({ items: [] })),
    http.get("*/api/v1/jobs/:id/attempts", () => HttpResponse.json({ items: [] })),
    http.get("*/api/v1/jobs", () => HttpResponse.json({ items: [], next: null })),
  ];
}

export function problem(status: number, part: Partial<Problem>) {
  const body = { type: "about:blank", title: "", status, code: "", detail: "", ...part };
  return HttpResponse.json(body, { status, headers: { "Content-Type": "application/problem+json" } });
}
