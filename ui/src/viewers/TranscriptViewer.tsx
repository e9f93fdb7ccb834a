import { useRef, useState } from "react";
import type { JobInput } from "@/api/types";
import { count, timecode } from "@/ui/format";
import { CopyButton } from "./CopyButton";
import type { Segment, Transcript } from "./documents";
import { Loaded } from "./Loaded";
import { SegmentRow } from "./SegmentRow";
import { asText, beginsTurn, colourOf } from "./speakers";
import type { ViewerProps } from "./viewer";

/** The words beside the sound: a click on a segment plays it, and the one that plays is marked. */
export function TranscriptViewer(props: ViewerProps) {
  return (
    <Loaded<Transcript> {...props}>
      {(transcript) => <PlayedTranscript transcript={transcript} input={props.job.inputs[0]} />}
    </Loaded>
  );
}

function PlayedTranscript({ transcript, input }: { transcript: Transcript; input: JobInput | undefined }) {
  const player = useRef<HTMLVideoElement>(null);
  const [now, setNow] = useState(-1);
  const play = (segment: Segment) => {
    if (!player.current) return;
    player.current.currentTime = segment.start_s;
    setNow(segment.start_s);
    player.current.play().catch(() => undefined); // the browser may want a click on the player first; the place is set
  };
  const { segments, language, duration_s, speakers } = transcript;
  return (
    <div>
      {input && <Player input={input} player={player} onTime={setNow} />}
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
  onTime: (seconds: number) => void;
}

function Player({ input, player, onTime }: PlayerProps) {
  const shared = {
    src: input.url,
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
