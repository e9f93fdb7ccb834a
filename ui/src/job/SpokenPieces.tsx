import { Play } from "lucide-react";
import { useContext, useState } from "react";
import type { Job, Part } from "@/api/types";
import { isUnderWay } from "@/jobs/states";
import { Button } from "@/ui/Button";
import { timecode } from "@/ui/format";
import { Listening } from "@/viewers/listening";

interface Piece {
  text: string;
  start_s: number;
  end_s: number;
  output: string;
}

/** What is spoken so far, to be heard piece after piece while the rest is made. */
export function SpokenPieces({ job, parts }: { job: Job; parts: readonly Part[] }) {
  const pieces = lastTake(parts.map(({ body }) => body as unknown as Piece));
  const [at, setAt] = useState<number | null>(null);
  return (
    <div className="space-y-3">
      {at === null ? (
        <Button icon={Play} onClick={() => setAt(0)}>
          Listen
        </Button>
      ) : (
        <PiecePlayer job={job} piece={pieces[at]} onEnd={() => setAt(at + 1)} />
      )}
      <ol className="space-y-1">
        {pieces.map((piece, index) => (
          <li key={piece.output} aria-current={index === at || undefined} className="grid grid-cols-[4rem_1fr] gap-3">
            <span className="text-right text-sm leading-6 text-quiet tabular-nums">{timecode(piece.start_s)}</span>
            <span className={index === at ? "font-medium" : ""}>{piece.text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function PiecePlayer({ job, piece, onEnd }: { job: Job; piece: Piece | undefined; onEnd: () => void }) {
  const heard = useContext(Listening);
  if (!piece) return <p role="status">{isUnderWay(job) ? "Waiting for the next piece" : "That is all there is"}</p>;
  const url = `/api/v1/jobs/${job.id}/outputs/${encodeURIComponent(piece.output)}`;
  return (
    // biome-ignore lint/a11y/useMediaCaption: its text stands below
    <audio
      controls
      autoPlay
      src={url}
      aria-label="Player of what is spoken so far"
      className="w-full"
      onTimeUpdate={({ currentTarget }) => {
        if (!currentTarget.paused) heard.current = piece.start_s + currentTarget.currentTime;
      }}
      onPause={({ currentTarget }) => {
        if (!currentTarget.ended) heard.current = null;
      }}
      onEnded={onEnd}
      onError={onEnd}
    />
  );
}

/**
 * Where an engine failed on the way, another spoke the whole anew, cut in the same pieces: from the last that begins it.
 */
function lastTake(pieces: readonly Piece[]): readonly Piece[] {
  const begin = pieces.findLastIndex(({ start_s }) => start_s === 0);
  return pieces.slice(Math.max(begin, 0));
}
