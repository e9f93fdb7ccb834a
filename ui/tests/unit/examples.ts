/** Example values of the API's types. */
import type { JobEvent } from "@/api/events";
import type { Job, Model, Pipeline, StoredFile } from "@/api/types";

export function aJob(part: Partial<Job> = {}): Job {
  return {
    id: "job-1",
    parent_id: null,
    batch_id: null,
    children: null,
    pipeline: "text.summarize",
    state: "queued",
    lane: "cpu",
    priority: "interactive",
    position: null,
    eta_s: null,
    progress: null,
    attempt: 1,
    time_limit_s: 3600,
    not_before: null,
    inputs: [
      {
        file_id: "file-1",
        name: "mill.txt",
        media_type: "text/plain",
        size_bytes: 9,
        url: "/api/v1/files/file-1/content",
      },
    ],
    params: {},
    result: null,
    outputs: [],
    engine: null,
    warnings: [],
    error: null,
    cached: false,
    created_at: "2026-11-22T10:00:00.000Z",
    started_at: null,
    finished_at: null,
    ...part,
  };
}

export const SUMMARIZE: Pipeline = {
  name: "text.summarize",
  title: "Summarize text",
  help: "Picks the most telling sentences.\n\nMore about it.",
  kind: "text",
  lane: "cpu",
  accepts: ["text/plain"],
  min_sources: 1,
  max_sources: 1,
  time_limit_s: 3600,
  params_schema: {
    properties: {
      sentences: { type: "integer", minimum: 1, maximum: 50, default: 5, title: "Sentences", description: "How many." },
      style: { anyOf: [{ enum: ["plain", "list"], type: "string" }, { type: "null" }], default: null, title: "Style" },
      exact: { type: "boolean", default: false, title: "Exact" },
    },
  },
};

export const TRANSCRIBE: Pipeline = {
  ...SUMMARIZE,
  name: "audio.transcribe",
  title: "Transcribe speech",
  kind: "audio",
  accepts: ["audio/*", "video/*"],
  params_schema: {},
};

export function aFile(part: Partial<StoredFile> = {}): StoredFile {
  const created_at = "2026-11-22T10:00:00.000Z";
  const url = "/api/v1/files/file-1/content";
  return {
    id: "file-1",
    name: "talk.wav",
    media_type: "audio/wav",
    size_bytes: 9,
    sha256: "",
    created_at,
    url,
    ...part,
  };
}

export function aModel(part: Partial<Model> = {}): Model {
  return {
    name: "whisper/base",
    capability: "transcribe",
    engine: "openai-whisper",
    present: false,
    size_bytes: null,
    licence: "MIT",
    memory_bytes: null,
    loaded: [],
    pull: null,
    where: "models",
    ...part,
  };
}

/** An event of job-1. */
export function anEvent<Type extends JobEvent["type"]>(
  type: Type,
  data: Extract<JobEvent, { type: Type }>["data"],
): Extract<JobEvent, { type: Type }> {
  const event = { id: "1-0", type, job_id: "job-1", pipeline: "text.summarize", at: "2026-11-22T10:00:05.000Z", data };
  return event as unknown as Extract<JobEvent, { type: Type }>; // the compiler does not pair type and data of a generic
}
