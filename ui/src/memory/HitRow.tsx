import { Sparkles } from "lucide-react";
import { Link } from "react-router";
import type { Hit } from "@/api/types";
import { moment } from "@/ui/format";
import { named } from "@/ui/Gone";
import { FoundBy } from "./FoundBy";
import { Listen } from "./Listen";
import { NewNote } from "./NewNote";
import { PinButton } from "./PinButton";
import { Preview } from "./Preview";
import { Snippet } from "./Snippet";
import { TagList } from "./TagList";
import { KINDS, placeIn } from "./words";

interface Props {
  hit: Hit;
  isPlaying: boolean;
  onPlay: () => void;
}

/** One thing that was found: of what, where in it, its words, why it was found, and what can be done with it. */
export function HitRow({ hit, isPlaying, onPlay }: Props) {
  const { memory, source } = hit;
  const place = placeIn(memory);
  return (
    <li className="flex gap-3 rounded-xl border border-line bg-panel p-3 sm:gap-4 sm:p-4">
      <Preview modality={memory.modality} source={source} />
      <div className="min-w-0 flex-1 space-y-1.5">
        <h3 className="font-medium">
          <Link to={hit.link} {...named(source.title)} className="underline-offset-4 hover:underline">
            {source.title}
            {place && <span className="font-normal text-quiet tabular-nums">, {place}</span>}
          </Link>
        </h3>
        <p className="text-sm text-quiet">
          {KINDS[memory.kind]}, <time dateTime={source.created_at}>{moment(source.created_at)}</time>
        </p>
        <p className="line-clamp-4 whitespace-pre-line leading-relaxed" lang={memory.language || undefined}>
          <Snippet snippet={hit.snippet} marks={hit.marks} />
        </p>
        <div className="flex flex-wrap items-center gap-1.5">
          <FoundBy by={hit.by} />
          <TagList tags={source.tags} />
        </div>
        <div className="-ml-3 flex flex-wrap items-center gap-1 pt-1 [&>audio]:ml-3 [&>form]:ml-3">
          <Listen memory={memory} source={source} isPlaying={isPlaying} onPlay={onPlay} />
          <PinButton memory={memory} title={source.title} />
          <NewNote memory={memory} source={source} />
          <Link
            to={`/memory/${encodeURIComponent(memory.id)}`}
            {...named(source.title)}
            aria-label={`In context, and what is like it: ${source.title}`}
            className="inline-flex min-h-9 items-center gap-1.5 rounded-lg px-3 text-sm font-medium text-quiet hover:bg-sunken hover:text-ink"
          >
            <Sparkles aria-hidden="true" className="size-4" /> In context
          </Link>
        </div>
      </div>
    </li>
  );
}
