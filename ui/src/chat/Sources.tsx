import type { Citation } from "@/api/types";
import { placeInWords } from "./citationPlace";
import { SourceLink } from "./SourceLink";

/** What a reply cites, in a list below it. */
export function Sources({ citations }: { citations: readonly Citation[] }) {
  if (!citations.length) return null;
  return (
    <section className="border-t border-line pt-2 text-sm">
      <h3 className="text-quiet">Sources</h3>
      <ol aria-label="Sources">
        {citations.map((citation) => (
          <li key={citation.number} className="py-0.5">
            [{citation.number}] <SourceLink citation={citation} opens={citation.title} />
            <span className="text-quiet">{behindComma(placeInWords(citation))}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const behindComma = (words: string): string => (words ? `, ${words}` : "");
