import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "@/api/upkeep";
import { Archive } from "@/memory/Archive";
import { Reindex } from "@/memory/Reindex";
import { Spaces } from "@/memory/Spaces";
import { ErrorNote, Loading } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";

/** How the memory stands, another model for it, and all of it as one archive. */
export function MemoryUpkeepRoute() {
  usePageTitle("Upkeep – Memory");
  const status = useQuery(statusQuery);
  return (
    <div className="space-y-6">
      {status.isPending && <Loading what="how the memory stands" />}
      {status.isError && <ErrorNote error={status.error} title="It could not be loaded" onRetry={status.refetch} />}
      {status.data && <Spaces status={status.data} />}
      {status.data && <Reindex status={status.data} />}
      <Archive />
    </div>
  );
}
