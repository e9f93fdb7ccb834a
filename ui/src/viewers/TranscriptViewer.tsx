import { useRef, useState } from "react";
import type { JobInput } from "@/api/types";
import { count, timecode } from "@/ui/format";
import { CopyButton } from "./CopyButton";
import type { Segment, Transcript } from "./documents";
import { Loaded } from "./Loaded";
import { SegmentRow } from "./SegmentRow";
import { asText, beginsTurn, colourOf } from "./speakers";
import { usePlace } from "./usePlace";
import type { ViewerProps } from "./viewer";

/**
 * The words beside the sound: a click on a segment plays it, and the one that plays is marked. It opens at the second
 * that the address asks for.
 */
export function TranscriptViewer(props: ViewerProps) {
  const { at_s } = usePlace();
  return (
    <Loaded<Transcript> {...props}>
      {(transcript) => (
        <PlayedTranscript key={at_s} transcript={transcript} input={props.job.inputs[0]} begin_s={at_s} />
      )}
    </Loaded>
  );
}

interface PlayedProps {
  transcript: Transcript;
  input: JobInput | undefined;
  /** Where the sound stands at first; null for its beginning. */
  begin_s: number | null;
}

function PlayedTranscript({ transcript, input, begin_s }: PlayedProps) {
  const player = useRef<HTMLVideoElement>(null);
  const [now, setNow] = useState(begin_s ?? -1);
  const play = (segment: Segment) => {
    if (!player.current) return;
    player.current.currentTime = segment.start_s;
    setNow(segment.start_s);
    player.current.play().catch(() => undefined); // the browser may want a click on the player first; the place is set
  };
  const { segments, language, duration_s, speakers } = transcript;
  const asked = begin_s === null ? -1 : segments.findIndex((segment) => segment.end_s > begin_s);
  return (
    <div>
      {input && <Player input={input} player={player} begin_s={begin_s} onTime={setNow} />}
      <div className="my-3 flex flex-wrap items-center justify-between gap-2 text-sm text-quiet">
        <p>
          {count(segments.length, "segment")}, {timecode(duration_s)}
          {language && `, language: ${language}`}
          {speakers && `, ${count(speakers.length, "speaker")}`}
        </p>
        <CopyButton text={asText(segments)} />
      </div>
      {segments.length === 0 && <p className="text-quiet">No speech was found.</p>}
      <ol className="max-h-[60vh] overflow-y-auto" aria-label="Segments" tabIndex={-1}>
        {segments.map((segment, at) => (
          <SegmentRow
            key={segment.id}
            segment={segment}
            colour={colourOf(segment.speaker, speakers)}
            beginsTurn={beginsTurn(segments, at)}
            isNow={isIn(segment, now)}
            isAsked={at === asked}
            onPlay={() => play(segment)}
          />
        ))}
      </ol>
    </div>
  );
}

const isIn = ({ start_s, end_s }: Segment, now: number) => start_s <= now && now < end_s;

interface PlayerProps {
  input: JobInput;
  player: React.RefObject<HTMLVideoElement>;
  begin_s: number | null;
  onTime: (seconds: number) => void;
}

function Player({ input, player, begin_s, onTime }: PlayerProps) {
  const shared = {
    src: begin_s === null ? input.url : `${input.url}#t=${begin_s}`,
    controls: true,
    preload: "metadata",
    "aria-label": `Player of ${input.name}`,
    onTimeUpdate: ({ currentTarget }: { currentTarget: HTMLMediaElement }) => onTime(currentTarget.currentTime),
  };
  // The segments below are the captions.
  if (input.media_type.startsWith("video/"))
    return <video ref={player} {...shared} className="max-h-96 w-full rounded-lg" />;
  return <audio ref={player} {...shared} className="w-full" />;
}
