import type { Hit } from "@/api/types";
import { RANKINGS } from "./words";

/** Which rankings brought a hit up, each with its place and score in a tooltip. */
export function FoundBy({ by }: Pick<Hit, "by">) {
  if (by.length === 0) return null;
  return (
    <ul aria-label="Found by" className="flex flex-wrap gap-1.5 text-xs">
      {by.map(({ by: ranking, rank, score }) => {
        const { label, meaning } = RANKINGS[ranking];
        const told = `${meaning}: number ${rank} by it, score ${score.toFixed(2)}.`;
        return (
          <li key={ranking} title={told} className="rounded-full bg-sunken px-2 py-0.5 text-quiet">
            {label} <span className="sr-only">{`(${told})`}</span>
          </li>
        );
      })}
    </ul>
  );
}
