import type { FileText } from "@/api/types";
import { scrolledTo } from "@/viewers/scrolledTo";
import type { Passage } from "@/viewers/usePlace";

/** The character of the whole behind the last one that is told. */
export const endOf = ({ start, text }: FileText): number => start + Array.from(text).length;

interface Props {
  told: FileText;
  /** Where somebody was sent to: it is marked, and brought into sight. */
  passage: Passage | null;
}

/** A document's text with a passage marked. Places count characters, of which an emoji is one. */
export function PassageText({ told: { text, start }, passage }: Props) {
  const characters = Array.from(text);
  const within = (offset: number) => Math.min(Math.max(offset - start, 0), characters.length);
  const [from, to] = passage ? [within(passage.start), within(passage.end)] : [0, 0];
  const between = (begin: number, end?: number) => characters.slice(begin, end).join("");
  return (
    <div className="whitespace-pre-wrap leading-relaxed">
      {between(0, from)}
      {from < to && (
        <mark
          ref={scrolledTo}
          className="rounded-sm bg-warn-soft box-decoration-clone py-0.5 text-ink underline decoration-warn decoration-2 underline-offset-4"
        >
          {between(from, to)}
        </mark>
      )}
      {between(to)}
    </div>
  );
}
