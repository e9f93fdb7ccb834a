import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type Asked, searchQuery } from "@/api/memory";
import { statusQuery } from "@/api/upkeep";
import { Filters } from "@/memory/Filters";
import { HitList } from "@/memory/HitList";
import { NothingFound } from "@/memory/NothingFound";
import { SearchBox } from "@/memory/SearchBox";
import { filtersIn, useAsked } from "@/memory/useAsked";
import { Button } from "@/ui/Button";
import { count } from "@/ui/format";
import { ErrorNote, Loading, WarningNote } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";

/** Search in everything that was heard, seen and read. */
export function MemorySearchRoute() {
  const [asked, ask] = useAsked();
  const [picture, setPicture] = useState<File | null>(null);
  usePageTitle(asked.q ? `${asked.q} – Memory` : "Memory");
  // Typing on changes one entry of the history; what was asked before it was begun is an entry of its own.
  const typed = useRef<string | null>(null);
  const onAsk = (q: string, isTyped: boolean) => {
    ask({ ...asked, q }, { replace: typed.current === asked.q });
    typed.current = isTyped ? q : null;
  };
  return (
    <>
      <div className="space-y-3">
        <SearchBox q={asked.q} onAsk={onAsk} picture={picture} onPicture={setPicture} />
        <Filters asked={asked} onAsk={ask} />
      </div>
      <Answer asked={asked} picture={picture} />
    </>
  );
}

function Answer({ asked, picture }: { asked: Asked; picture: File | null }) {
  const found = useInfiniteQuery(searchQuery(asked, picture));
  const status = useQuery(statusQuery).data;
  if (found.isPending) return <Loading what="what fits" />;
  if (!found.data)
    return <ErrorNote error={found.error} title="The memory could not be asked" onRetry={found.refetch} />;
  const hits = found.data.pages.flatMap(({ items }) => items);
  const warnings = [...new Set(found.data.pages.flatMap((page) => page.warnings))];
  const isRanked = hits.some(({ by }) => by.length > 0);
  const byPicture = hits.some(({ by }) => by.some((one) => one.by === "picture"));
  return (
    <section aria-labelledby="found-title" aria-busy={found.isPlaceholderData} className="space-y-3">
      <h2 id="found-title" className="sr-only">
        Found
      </h2>
      {warnings.map((warning) => (
        <WarningNote key={warning}>{warning}</WarningNote>
      ))}
      {picture && hits.length > 0 && !byPicture && (
        <WarningNote>
          None of these was found by the picture: nothing that is remembered could be compared with it.
        </WarningNote>
      )}
      {found.isError && <ErrorNote error={found.error} title="Not asked anew" onRetry={found.refetch} />}
      <p role="status" className="text-sm text-quiet">
        {found.isPlaceholderData
          ? "Searching…"
          : told(hits.length, found.hasNextPage, isRanked, status?.memories === 0)}
      </p>
      {hits.length > 0 ? (
        <HitList hits={hits} label={isRanked ? "What fits, best first" : "The newest memories"} />
      ) : (
        <NothingFound status={status} isNarrowed={filtersIn(asked) > 0} byPicture={picture !== null && !asked.q} />
      )}
      {found.hasNextPage && (
        <Button className="w-full" onClick={() => void found.fetchNextPage()} disabled={found.isFetchingNextPage}>
          {found.isFetchingNextPage ? "Loading…" : "Show more"}
        </Button>
      )}
    </section>
  );
}

/** What is said of how many were found, also to a screen reader. */
function told(hits: number, hasMore: boolean, isRanked: boolean, isEmpty: boolean): string {
  if (hits === 0) return isEmpty ? "" : "Nothing fits.";
  const many = hasMore ? `The first ${count(hits, "memory", "memories")}` : count(hits, "memory", "memories");
  return isRanked ? `${many}, best first.` : `${many}, newest first.`;
}
