import { useState } from "react";
import { Link } from "react-router";
import type { ChatMessage, Citation } from "@/api/types";
import { Markdown } from "@/markdown/Markdown";
import { WarningNote } from "@/ui/Notes";
import { CitationMark } from "./CitationMark";
import { ReplyError } from "./ReplyError";
import { Sources } from "./Sources";
import { useReply } from "./useReply";
import { WaitsFor } from "./WaitsFor";

/** A reply: its words as they come, then what it rests on, who wrote it, and what should be known of it. */
export function ReplyView({ message, isSpoken }: { message: ChatMessage; isSpoken: boolean }) {
  const { text, isUnderWay, job } = useReply(message);
  const [wasSeenComing] = useState(isUnderWay);
  const { citations, warnings, speech, state, error } = message;
  const isWaiting = isUnderWay && job !== null && (!text || job.state === "queued");
  return (
    <div aria-busy={isUnderWay} className="space-y-3">
      {isWaiting && <WaitsFor job={job} />}
      {isUnderWay && job === null && !text && <p className="text-sm text-quiet">Asking…</p>}
      {text && <Markdown text={text} cite={(number) => cited(number, citations)} isGrowing={isUnderWay} />}
      {state === "cancelled" && (
        <p className="text-sm text-quiet">{text ? "Stopped here." : "Stopped before the first word."}</p>
      )}
      {error && state === "failed" && <ReplyError error={error} />}
      {warnings.map((warning) => (
        <WarningNote key={warning}>{warning}</WarningNote>
      ))}
      {speech !== null && <Speech url={speech} isPlayed={isSpoken && wasSeenComing} />}
      <Sources citations={citations} />
      {!isUnderWay && <MadeBy message={message} />}
    </div>
  );
}

function cited(number: number, citations: readonly Citation[]) {
  const citation = citations.find((one) => one.number === number);
  return citation ? <CitationMark citation={citation} /> : `[${number}]`;
}

/** A reply read aloud; it begins by itself only where that was wished for and the reply came just now. */
function Speech({ url, isPlayed }: { url: string; isPlayed: boolean }) {
  return (
    // biome-ignore lint/a11y/useMediaCaption: its text stands above
    <audio controls autoPlay={isPlayed} preload="none" src={url} aria-label="The reply read aloud" className="w-full" />
  );
}

function MadeBy({ message: { engine, job_id } }: { message: ChatMessage }) {
  return (
    <p className="text-xs text-quiet">
      {engine && `By ${engine.name}, ${engine.model}. `}
      {job_id && (
        <Link to={`/jobs/${job_id}`} className="underline underline-offset-4 hover:text-ink">
          How it was made
        </Link>
      )}
    </p>
  );
}
