import { timecode } from "@/ui/format";
import type { Segment } from "./documents";
import { scrolledTo } from "./scrolledTo";
import type { SpeakerColour } from "./speakers";

interface Props {
  segment: Segment;
  colour: SpeakerColour | null;
  beginsTurn: boolean;
  isNow: boolean;
  /** Whether the address asks for it: it is brought into sight. */
  isAsked: boolean;
  onPlay: () => void;
}

/** What was said, and when, and by whom: the name stands where a turn begins, its colour beside all of it. */
export function SegmentRow({ segment, colour, beginsTurn, isNow, isAsked, onPlay }: Props) {
  const edge = isNow ? "border-sound bg-sunken" : "border-transparent";
  return (
    <li className={beginsTurn ? "mt-3" : undefined}>
      <button
        ref={isAsked ? scrolledTo : undefined}
        type="button"
        onClick={onPlay}
        aria-current={isNow}
        data-start-s={segment.start_s}
        className={`grid w-full grid-cols-[4rem_1fr] gap-3 rounded-md border-l-4 px-2 py-1.5 text-left hover:bg-sunken ${edge}`}
      >
        <span className="text-right text-sm leading-6 text-quiet tabular-nums">{timecode(segment.start_s)}</span>
        <span className={colour ? `border-l-2 pl-3 ${colour.edge}` : undefined}>
          {segment.speaker && (
            <span className={beginsTurn ? `mr-2 font-semibold ${colour?.text ?? ""}` : "sr-only"}>
              {`${segment.speaker}: `}
            </span>
          )}
          {segment.text}
        </span>
      </button>
    </li>
  );
}
