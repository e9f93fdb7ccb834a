import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { asProblem } from "@/api/problem";
import { memoriesQuery, sourceQuery } from "@/api/sources";
import type { Memory, Source } from "@/api/types";
import { CollectionPicker } from "@/memory/CollectionPicker";
import { NewNote } from "@/memory/NewNote";
import { kindOfSource } from "@/memory/SourceRow";
import { TagEditor } from "@/memory/TagEditor";
import { KINDS, placeIn } from "@/memory/words";
import { Button } from "@/ui/Button";
import { count, moment } from "@/ui/format";
import { Gone } from "@/ui/Gone";
import { ErrorNote, Loading } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";

/** All that is remembered of one source, in its own order. */
export function MemorySourceRoute() {
  const { id = "" } = useParams();
  const told = useQuery(sourceQuery(id));
  usePageTitle(told.data ? `${told.data.source.title} – Memory` : "Source");
  if (told.isPending) return <Loading what="the source" />;
  if (told.isError && asProblem(told.error).status === 404)
    return <Gone what="source" name={told.data?.source.title} level={2} />;
  if (!told.data) return <ErrorNote error={told.error} title="The source could not be loaded" onRetry={told.refetch} />;
  const { source, memories } = told.data;
  return (
    <article className="space-y-5 rounded-2xl border border-line bg-panel p-4 sm:p-6">
      <header>
        <h2 className="font-display text-2xl">{source.title}</h2>
        <p className="text-sm text-quiet">
          {kindOfSource(source)}, {count(memories, "memory", "memories")},{" "}
          <time dateTime={source.created_at}>{moment(source.created_at)}</time>
        </p>
      </header>
      <div className="space-y-2">
        <TagEditor source={source} />
        <CollectionPicker source={source} />
        <div className="-ml-3 [&>form]:ml-3">
          <NewNote source={source} memory={null} />
        </div>
      </div>
      <Memories source={source} />
    </article>
  );
}

function Memories({ source }: { source: Source }) {
  const memories = useInfiniteQuery(memoriesQuery(source.id));
  if (memories.isPending) return <Loading what="its memories" />;
  if (!memories.data)
    return <ErrorNote error={memories.error} title="They could not be loaded" onRetry={memories.refetch} />;
  return (
    <>
      <ol aria-label={`Memories of ${source.title}`} className="space-y-1">
        {memories.data.pages
          .flatMap(({ items }) => items)
          .map((memory) => (
            <MemoryLine key={memory.id} memory={memory} />
          ))}
      </ol>
      {memories.hasNextPage && (
        <Button className="w-full" onClick={() => void memories.fetchNextPage()} disabled={memories.isFetchingNextPage}>
          {memories.isFetchingNextPage ? "Loading…" : "Show more of it"}
        </Button>
      )}
    </>
  );
}

function MemoryLine({ memory }: { memory: Memory }) {
  return (
    <li>
      <Link
        to={`/memory/${encodeURIComponent(memory.id)}`}
        className="grid gap-x-3 rounded-md px-2 py-1.5 hover:bg-sunken sm:grid-cols-[8rem_minmax(0,1fr)]"
      >
        <span className="text-sm leading-6 text-quiet tabular-nums">{placeIn(memory) || KINDS[memory.kind]}</span>
        <span className="whitespace-pre-line" lang={memory.language || undefined}>
          {memory.text}
        </span>
      </Link>
    </li>
  );
}
