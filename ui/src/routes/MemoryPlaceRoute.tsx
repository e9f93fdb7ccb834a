import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { memoryQuery, similarQuery } from "@/api/memory";
import { asProblem } from "@/api/problem";
import { HitList } from "@/memory/HitList";
import { Place } from "@/memory/Place";
import { Gone } from "@/ui/Gone";
import { ErrorNote, Loading, WarningNote } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";

/** One memory at its place, with what stands around it and what is like it. */
export function MemoryPlaceRoute() {
  const { id = "" } = useParams();
  const seen = useQuery(memoryQuery(id));
  usePageTitle(seen.data ? `${seen.data.source.title} – Memory` : "Memory");
  if (seen.isPending) return <Loading what="the memory" />;
  if (seen.isError && asProblem(seen.error).status === 404)
    return <Gone what="memory" name={seen.data?.source.title} level={2} />;
  if (!seen.data) return <ErrorNote error={seen.error} title="The memory could not be loaded" onRetry={seen.refetch} />;
  return (
    <>
      <Place key={id} seen={seen.data} />
      <Similar key={`like ${id}`} id={id} />
    </>
  );
}

function Similar({ id }: { id: string }) {
  const found = useQuery(similarQuery(id));
  return (
    <section aria-labelledby="similar-title" className="space-y-3">
      <h2 id="similar-title" className="font-display text-xl">
        What is like it
      </h2>
      {found.isPending && <Loading what="what is like it" />}
      {found.isError && (
        <ErrorNote error={found.error} title="What is like it could not be found" onRetry={found.refetch} />
      )}
      {found.data?.warnings.map((warning) => (
        <WarningNote key={warning}>{warning}</WarningNote>
      ))}
      {found.data?.items.length === 0 && <p className="text-quiet">Nothing that is remembered is like it.</p>}
      {found.data && found.data.items.length > 0 && <HitList hits={found.data.items} label="Similar memories" />}
    </section>
  );
}
