import { useState } from "react";
import type { Hit } from "@/api/types";
import { HitRow } from "./HitRow";

/** What was found, best first. One recording plays at a time. */
export function HitList({ hits, label }: { hits: readonly Hit[]; label: string }) {
  const [playing, setPlaying] = useState<string | null>(null);
  return (
    <ol aria-label={label} className="space-y-3">
      {hits.map((hit) => (
        <HitRow
          key={hit.memory.id}
          hit={hit}
          isPlaying={playing === hit.memory.id}
          onPlay={() => setPlaying(hit.memory.id)}
        />
      ))}
    </ol>
  );
}
