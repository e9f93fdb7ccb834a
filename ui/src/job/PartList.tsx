import type { ReactNode } from "react";
import type { Job, Part } from "@/api/types";
import { Markdown } from "@/markdown/Markdown";
import { ScoreBar } from "@/ui/Bar";
import { timecode } from "@/ui/format";
import type { Label, Line, Segment } from "@/viewers/documents";
import { LinedPicture } from "@/viewers/LinedPicture";
import { SpokenPieces } from "./SpokenPieces";

type Draw = (parts: readonly Part[], job: Job) => ReactNode;

/** How each kind of part is drawn; a job's parts may be of several kinds. */
const DRAW: Record<Part["kind"], Draw> = {
  segment: (parts) => <Segments segments={parts.map(({ body }) => body as unknown as Segment)} />,
  line: (parts, job) => <LinedPicture input={job.inputs[0]} lines={parts.map(({ body }) => body as unknown as Line)} />,
  labels: (parts) => <Labels labels={parts.flatMap(({ body }) => body.labels as Label[])} />,
  passage: (parts) => <Passages texts={parts.map(({ body }) => String(body.text))} />,
  speech: (parts, job) => <SpokenPieces job={job} parts={parts} />,
  token: (parts) => <Markdown text={parts.map(({ body }) => String(body.text)).join("")} />,
};
const KINDS = Object.keys(DRAW) as Part["kind"][];

export function PartList({ job, parts }: { job: Job; parts: readonly Part[] }) {
  return (
    <div className="space-y-4">
      {KINDS.map((kind) => {
        const ofKind = parts.filter((part) => part.kind === kind);
        return ofKind.length > 0 && <div key={kind}>{DRAW[kind](ofKind, job)}</div>;
      })}
    </div>
  );
}

function Segments({ segments }: { segments: readonly Segment[] }) {
  return (
    <ol className="space-y-1">
      {segments.map((segment) => (
        <li key={`${segment.start_s}-${segment.end_s}`} className="grid grid-cols-[4rem_1fr] gap-3">
          <span className="text-right text-sm leading-6 text-quiet tabular-nums">{timecode(segment.start_s)}</span>
          <span>{segment.text}</span>
        </li>
      ))}
    </ol>
  );
}

function Labels({ labels }: { labels: readonly Label[] }) {
  return (
    <ul>
      {labels.map(({ label, score }) => (
        <ScoreBar key={label} name={label} share={score} />
      ))}
    </ul>
  );
}

function Passages({ texts }: { texts: readonly string[] }) {
  return (
    <ol className="list-inside list-decimal space-y-2 marker:text-quiet">
      {texts.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: passages only grow at the end
        <li key={index}>{text}</li>
      ))}
    </ol>
  );
}
