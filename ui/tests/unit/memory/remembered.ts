/** A small memory as the API tells it, for the tests of its pages. */
import { HttpResponse, http, type RequestHandler } from "msw";
import type { Hit, Memory, MemoryStatus, Source } from "@/api/types";

export function aMemory(part: Partial<Memory> = {}): Memory {
  return {
    id: "m-1",
    kind: "segment",
    modality: "audio",
    language: "en",
    text: "The mill was built in 1812.",
    place: { start_s: 65.5, end_s: 70 },
    job_id: "job-1",
    created_at: "2026-11-22T10:00:00.000Z",
    pinned_at: null,
    ...part,
  };
}

export function aSource(part: Partial<Source> = {}): Source {
  return {
    id: "s-1",
    title: "talk.mp3",
    media_type: "audio/mpeg",
    file_id: "file-1",
    job_id: null,
    created_at: "2026-11-22T10:00:00.000Z",
    tags: [],
    collections: [],
    ...part,
  };
}

export function aHit(part: Partial<Hit> = {}): Hit {
  return {
    memory: aMemory(),
    source: aSource(),
    link: "/jobs/job-1?t=65.5",
    score: 0.03,
    by: [{ by: "words", rank: 1, score: 7.2 }],
    snippet: "The mill was built in 1812.",
    marks: [[4, 8]],
    ...part,
  };
}

export function aStatus(part: Partial<MemoryStatus> = {}): MemoryStatus {
  return { memories: 12, sources: 3, indexing: 0, spaces: [], by_meaning: true, why_not: "", ...part };
}

export const found = (items: Hit[], more = false, warnings: string[] = []) => ({ items, more, warnings });

/** The memory as most tests meet it: nothing is found, tagged or collected, and nothing is on its way. */
export function memoryApi(): RequestHandler[] {
  return [
    http.post("*/api/v1/memory/search", () => HttpResponse.json(found([]))),
    http.get("*/api/v1/memory/status", () => HttpResponse.json(aStatus())),
    http.get("*/api/v1/memory/tags", () => HttpResponse.json({ items: [] })),
    http.get("*/api/v1/memory/collections", () => HttpResponse.json({ items: [] })),
  ];
}
