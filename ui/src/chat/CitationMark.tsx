import { type FocusEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import type { Citation } from "@/api/types";
import { placeInWords } from "./citationPlace";
import { SourceLink } from "./SourceLink";

const CARD_WIDTH_PX = 336;
const MARGIN_PX = 8;

/** A number in a reply that shows what it cites: the words, where they stand, and the way there. */
export function CitationMark({ citation }: { citation: Citation }) {
  const [left, setLeft] = useState<number | null>(null); // of the open card, in pixels from the mark
  const mark = useRef<HTMLButtonElement>(null);
  const id = useId();
  const isOpen = left !== null;
  const close = () => setLeft(null);
  const leave = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (!currentTarget.contains(relatedTarget)) close();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) return;
    close();
    mark.current?.focus();
  };
  const { number, title, text } = citation;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears keys and focus of the button and the card within
    <span className="relative" onBlur={leave} onKeyDown={onKey}>
      <button
        ref={mark}
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-label={`Source ${number}: ${title}`}
        onClick={({ currentTarget }) => (isOpen ? close() : setLeft(leftOf(currentTarget)))}
        className="mx-0.5 rounded bg-sunken px-1 text-sm font-medium text-accent hover:underline"
      >
        [{number}]
      </button>
      <span
        id={id}
        hidden={!isOpen}
        role="note"
        aria-label={`Source ${number}`}
        tabIndex={-1}
        style={{ left: left ?? 0, width: `min(${CARD_WIDTH_PX}px, calc(100vw - ${2 * MARGIN_PX}px))` }}
        className="absolute top-full z-10 mt-1 rounded-xl border border-edge bg-panel p-3 text-left text-sm leading-normal shadow-lg"
      >
        <span className="block font-semibold">{title}</span>
        <span className="block text-quiet">{placeInWords(citation)}</span>
        <q className="my-2 block max-h-48 overflow-y-auto border-l-4 border-line pl-2 whitespace-pre-wrap">{text}</q>
        <SourceLink citation={citation} opens="Open it at its place" />
      </span>
    </span>
  );
}

/** Where the card begins, so that it stays on the page. */
function leftOf(mark: HTMLElement): number {
  const { left } = mark.getBoundingClientRect();
  const width = Math.min(CARD_WIDTH_PX, window.innerWidth - 2 * MARGIN_PX);
  const furthest = document.documentElement.clientWidth - width - MARGIN_PX;
  return Math.max(MARGIN_PX, Math.min(left, furthest)) - left;
}
