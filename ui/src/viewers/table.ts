import type { ComponentType } from "react";
import type { Job, JobOutput } from "@/api/types";
import { AnalysisViewer } from "./AnalysisViewer";
import { AnswerViewer } from "./AnswerViewer";
import { AudioAnalysisViewer } from "./AudioAnalysisViewer";
import { AudioViewer } from "./AudioViewer";
import { ComparisonViewer } from "./ComparisonViewer";
import { EmbeddingViewer } from "./EmbeddingViewer";
import { EnhancementViewer } from "./EnhancementViewer";
import { EntitiesViewer } from "./EntitiesViewer";
import { JsonViewer } from "./JsonViewer";
import { KeywordsViewer } from "./KeywordsViewer";
import { MapViewer } from "./MapViewer";
import { NoViewer } from "./NoViewer";
import { PageViewer } from "./PageViewer";
import { PictureViewer } from "./PictureViewer";
import { TextViewer } from "./TextViewer";
import { TranscriptViewer } from "./TranscriptViewer";
import type { ViewerProps } from "./viewer";

interface Viewer {
  pattern: string;
  /** The one pipeline whose outputs are meant, where the media type alone does not tell. */
  pipeline?: string;
  /** How the name of the one output that is meant begins, where a pipeline makes several of the type. */
  name?: string;
  title: string;
  view: ComponentType<ViewerProps>;
}

/** Which viewer shows which output. The first match counts, and a job's first is shown open. */
const VIEWERS: readonly Viewer[] = [
  { pattern: "application/vnd.triptych.transcript+json", title: "Transcript", view: TranscriptViewer },
  { pattern: "application/vnd.triptych.page+json", title: "Text in the picture", view: PageViewer },
  { pattern: "application/vnd.triptych.image-analysis+json", title: "What the picture shows", view: AnalysisViewer },
  {
    pattern: "application/vnd.triptych.audio-analysis+json",
    title: "What the recording holds",
    view: AudioAnalysisViewer,
  },
  { pattern: "application/vnd.triptych.entities+json", title: "Names", view: EntitiesViewer },
  { pattern: "application/vnd.triptych.map+json", title: "Map of the memory", view: MapViewer },
  { pattern: "audio/*", title: "Sound", view: AudioViewer },
  { pattern: "image/*", pipeline: "image.compare", title: "How the pictures differ", view: ComparisonViewer },
  {
    pattern: "image/*",
    pipeline: "image.enhance",
    name: "enhanced.",
    title: "Before and after",
    view: EnhancementViewer,
  },
  { pattern: "image/*", title: "Picture", view: PictureViewer },
  { pattern: "application/vnd.triptych.embedding+json", title: "Embedding", view: EmbeddingViewer },
  { pattern: "text/plain", title: "Text", view: TextViewer },
  { pattern: "text/markdown", pipeline: "text.answer", title: "Answer", view: AnswerViewer },
  { pattern: "text/markdown", pipeline: "fusion.describe", title: "Answer", view: AnswerViewer },
  { pattern: "text/markdown", title: "Text", view: TextViewer },
  { pattern: "application/json", pipeline: "text.keywords", title: "Keywords", view: KeywordsViewer },
  { pattern: "application/json", title: "Data", view: JsonViewer },
  { pattern: "application/x-subrip", title: "Subtitles", view: TextViewer },
  { pattern: "text/*", title: "Text", view: TextViewer },
  { pattern: "*", title: "Result", view: NoViewer },
];

export function viewerOf({ media_type, name }: JobOutput, { pipeline }: Job): Viewer & { rank: number } {
  const bare = media_type.split(";", 1)[0] ?? "";
  const fits = (pattern: string) => (pattern.endsWith("*") ? bare.startsWith(pattern.slice(0, -1)) : pattern === bare);
  const rank = VIEWERS.findIndex(
    (viewer) =>
      fits(viewer.pattern) && (viewer.pipeline ?? pipeline) === pipeline && name.startsWith(viewer.name ?? ""),
  );
  return { ...(VIEWERS[rank] as Viewer), rank };
}
