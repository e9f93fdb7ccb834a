import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { collectionsQuery, sourcesQuery, tagsQuery } from "@/api/sources";
import { statusQuery } from "@/api/upkeep";
import { Collections } from "@/memory/Collections";
import { Choice } from "@/memory/FilterFields";
import { NothingFound } from "@/memory/NothingFound";
import { SourceRow } from "@/memory/SourceRow";
import { MODALITIES, MODALITY_NAMES } from "@/memory/words";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";

/** What is remembered, by where it comes from: newest first, narrowed by tag, collection or modality. */
export function MemorySourcesRoute() {
  usePageTitle("Sources – Memory");
  const [search, setSearch] = useSearchParams();
  const tag = search.get("tag");
  const collection = search.get("collection");
  const modality = MODALITY_NAMES.find((one) => one === search.get("modality")) ?? null;
  const choose = (name: string) => (value: string) =>
    setSearch((old) => {
      if (value) old.set(name, value);
      else old.delete(name);
      return old;
    });
  const tags = useQuery(tagsQuery).data ?? [];
  const collections = useQuery(collectionsQuery).data ?? [];
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <section aria-labelledby="sources-title" className="space-y-4">
        <h2 id="sources-title" className="sr-only">
          Sources
        </h2>
        <div className="grid gap-3 sm:grid-cols-3">
          <Choice label="Modality" value={modality ?? ""} onChoose={choose("modality")}>
            {MODALITY_NAMES.map((one) => (
              <option key={one} value={one}>
                {MODALITIES[one].label}
              </option>
            ))}
          </Choice>
          <Choice label="Tag" value={tag ?? ""} onChoose={choose("tag")}>
            {tags.map((one) => (
              <option key={one.tag}>{one.tag}</option>
            ))}
          </Choice>
          <Choice label="Collection" value={collection ?? ""} onChoose={choose("collection")}>
            {collections.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Choice>
        </div>
        <SourceList filter={{ tag, collection, modality }} />
      </section>
      <Collections />
    </div>
  );
}

function SourceList({ filter }: { filter: Parameters<typeof sourcesQuery>[0] }) {
  const sources = useInfiniteQuery(sourcesQuery(filter));
  const status = useQuery(statusQuery).data;
  if (sources.isPending) return <Loading what="the sources" />;
  if (!sources.data)
    return <ErrorNote error={sources.error} title="The sources could not be loaded" onRetry={sources.refetch} />;
  const rows = sources.data.pages.flatMap(({ items }) => items);
  if (rows.length === 0)
    return <NothingFound status={status} isNarrowed={Object.values(filter).some((one) => one !== null)} />;
  return (
    <>
      <ul aria-label="Sources" className="space-y-3">
        {rows.map((remembered) => (
          <SourceRow key={remembered.source.id} remembered={remembered} />
        ))}
      </ul>
      {sources.hasNextPage && (
        <Button className="w-full" onClick={() => void sources.fetchNextPage()} disabled={sources.isFetchingNextPage}>
          {sources.isFetchingNextPage ? "Loading…" : "Show older sources"}
        </Button>
      )}
    </>
  );
}
