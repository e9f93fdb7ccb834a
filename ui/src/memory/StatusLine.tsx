import type { MemoryStatus } from "@/api/types";
import { count } from "@/ui/format";

/** How much is remembered, and how much waits to be. */
export function StatusLine({ status }: { status: MemoryStatus | undefined }) {
  if (!status) return <p className="text-quiet">Everything that was heard, seen and read.</p>;
  const { memories, sources, indexing } = status;
  return (
    <p className="text-quiet">
      {count(memories, "memory", "memories")} of {count(sources, "source")}.
      {indexing > 0 && ` ${count(indexing, "job")} still to be remembered.`}
    </p>
  );
}
