import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { Link } from "react-router";
import { modelsQuery } from "@/api/models";
import { usePolling } from "@/live/usePolling";
import { groupsOf } from "@/models/capabilities";
import { ModelGroup } from "@/models/ModelGroup";
import { bytes, count } from "@/ui/format";
import { ErrorNote, Loading } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";

/** The models: which are known, which are here and in whose memory; bringing and removing them. */
export function ModelsRoute() {
  usePageTitle("Models");
  const polling = usePolling();
  const told = useQuery({ ...modelsQuery, refetchInterval: () => polling(true) }); // no event tells what is loaded
  return (
    <main id="main" className="mx-auto max-w-7xl space-y-6 px-3 py-6 sm:px-6">
      <Link to="/" className="inline-flex items-center gap-1.5 text-sm text-quiet hover:text-ink">
        <ArrowLeft aria-hidden="true" className="size-4" /> Studio
      </Link>
      <h1 tabIndex={-1} className="font-display text-3xl">
        Models
      </h1>
      {told.isPending && <Loading what="the models" />}
      {told.isError && <ErrorNote error={told.error} title="The models could not be loaded" onRetry={told.refetch} />}
      {told.data && <Summary models={told.data.models} />}
      {told.data &&
        groupsOf(told.data.items, told.data.models).map((group) => <ModelGroup key={group.title} group={group} />)}
    </main>
  );
}

function Summary({ models }: { models: { present: boolean; size_bytes: number | null }[] }) {
  const here = models.filter(({ present }) => present);
  const size = here.reduce((sum, { size_bytes }) => sum + (size_bytes ?? 0), 0);
  if (!models.length) return <p className="text-quiet">No model is known here.</p>;
  return (
    <p className="text-quiet">
      {count(models.length, "model")}, {here.length} of them here, with {bytes(size)} on the server’s disk.
    </p>
  );
}
