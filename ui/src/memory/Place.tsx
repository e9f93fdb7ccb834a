import { ArrowUpRight, Download } from "lucide-react";
import { Link } from "react-router";
import { contentUrl } from "@/api/files";
import type { MemoryInContext } from "@/api/types";
import { moment } from "@/ui/format";
import { named } from "@/ui/Gone";
import { CollectionPicker } from "./CollectionPicker";
import { NewNote } from "./NewNote";
import { Notes } from "./Notes";
import { PinButton } from "./PinButton";
import { PlaceMedia } from "./PlaceMedia";
import { sourceLink } from "./SourceRow";
import { TagEditor } from "./TagEditor";
import { KINDS, languageName, MODALITIES, placeIn } from "./words";

/** A memory marked among its neighbours, its sound or picture at its place, and its notes, tags and collections. */
export function Place({ seen }: { seen: MemoryInContext }) {
  const { memory, source, before, after, notes } = seen;
  return (
    <article className="space-y-5 rounded-2xl border border-line bg-panel p-4 sm:p-6">
      <PlaceHeader seen={seen} />
      <div className={isSeen(source) ? "grid items-start gap-5 lg:grid-cols-2" : "space-y-5"}>
        <PlaceMedia memory={memory} source={source} />
        <div className="max-w-prose space-y-2 leading-relaxed" lang={memory.language || undefined}>
          <Neighbours memories={before} label="Before it" />
          <p className="whitespace-pre-line">
            <mark className="rounded-sm bg-warn-soft box-decoration-clone px-1 py-0.5 text-ink">{memory.text}</mark>
          </p>
          <Neighbours memories={after} label="Behind it" />
        </div>
      </div>
      <Notes notes={notes} />
      <div className="-ml-3 flex flex-wrap items-center gap-1 [&>form]:ml-3">
        <PinButton memory={memory} title={source.title} />
        {memory.kind !== "note" && <NewNote source={source} memory={memory} />}
      </div>
      <div className="space-y-2 border-t border-line pt-4">
        <TagEditor source={source} />
        <CollectionPicker source={source} />
      </div>
    </article>
  );
}

/** Whether there is something to look at, which has room beside the words. */
const isSeen = ({ file_id, media_type }: MemoryInContext["source"]): boolean =>
  file_id !== null && (media_type === "application/pdf" || media_type.startsWith("image/"));

function PlaceHeader({ seen: { memory, source, link: opens } }: { seen: MemoryInContext }) {
  const place = placeIn(memory);
  const told = [KINDS[memory.kind], place, memory.language && languageName(memory.language)].filter(Boolean);
  const link = "inline-flex min-h-9 items-center gap-1.5 text-accent underline-offset-4 hover:underline";
  return (
    <header>
      <p className={`text-sm font-medium ${MODALITIES[memory.modality].colour}`}>{told.join(", ")}</p>
      <h2 className="font-display text-2xl">{source.title}</h2>
      <p className="text-sm text-quiet">
        <time dateTime={source.created_at}>{moment(source.created_at)}</time>
      </p>
      <p className="mt-1 flex flex-wrap gap-x-5 text-sm">
        {!opens.startsWith("/memory/") && (
          <Link to={opens} {...named(source.title)} className={link}>
            <ArrowUpRight aria-hidden="true" className="size-4" /> Open it at its place
          </Link>
        )}
        {memory.job_id !== null && (
          <Link to={`/jobs/${encodeURIComponent(memory.job_id)}`} className={link}>
            The job that made it
          </Link>
        )}
        <Link to={sourceLink(source.id)} className={link}>
          All that is remembered of it
        </Link>
        {source.file_id !== null && (
          <a href={contentUrl(source.file_id)} download={source.title} className={link}>
            <Download aria-hidden="true" className="size-4" /> The file
          </a>
        )}
      </p>
    </header>
  );
}

function Neighbours({ memories, label }: { memories: MemoryInContext["before"]; label: string }) {
  if (memories.length === 0) return null;
  return (
    <section aria-label={label} className="space-y-2 text-quiet">
      {memories.map(({ id, text }) => (
        <p key={id} className="whitespace-pre-line">
          <Link to={`/memory/${encodeURIComponent(id)}`} className="underline-offset-4 hover:underline">
            {text}
          </Link>
        </p>
      ))}
    </section>
  );
}
