import { Circle, Square } from "lucide-react";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import type { JsonObject } from "@/api/types";
import { Button } from "@/ui/Button";
import { timecode } from "@/ui/format";
import { WarningNote } from "@/ui/Notes";
import { Levels } from "./Levels";
import { LiveWords } from "./LiveWords";
import { useLiveRecorder } from "./useLiveRecorder";

interface Props {
  params: JsonObject;
  onRecorded: (file: File) => void;
  /** What may be chosen before it begins. */
  children: ReactNode;
}

/** Record from the microphone, with the words shown while they are spoken; at the end the job's page shows them. */
export function LiveRecordPanel({ params, onRecorded, children }: Props) {
  const navigate = useNavigate();
  const { recording, start, stop, discard } = useLiveRecorder(params, {
    onKept: (jobId) => navigate(`/jobs/${jobId}`),
    onRecorded,
  });
  if (recording.state === "recording" || recording.state === "finishing") {
    const isFinishing = recording.state === "finishing";
    return (
      <div className="flex flex-col items-center gap-3 py-4">
        <Levels levels={recording.levels} />
        <p role="timer" className="text-2xl tabular-nums">
          {timecode(recording.elapsedS)}
        </p>
        <div className="flex flex-wrap justify-center gap-2">
          <Button look="primary" icon={Square} onClick={stop} disabled={isFinishing} autoFocus>
            {isFinishing ? "Keeping the recording…" : "Stop and keep"}
          </Button>
          <Button disabled={isFinishing} onClick={() => void discard()}>
            Discard
          </Button>
        </div>
        <p className="text-sm text-quiet" role="status">
          {statusOf(recording.isHeard, recording.words.note)}
        </p>
        {recording.trouble && (
          <div role="alert">
            <WarningNote>{recording.trouble}</WarningNote>
          </div>
        )}
        <LiveWords words={recording.words} />
      </div>
    );
  }
  return (
    <div className="flex flex-col items-center gap-4 py-6 text-center">
      {children}
      <p className="text-quiet">
        Your words appear while you speak. The recording is kept as it comes, and can be heard again.
      </p>
      <Button look="primary" icon={Circle} onClick={() => void start()} disabled={recording.state === "asking"}>
        {recording.state === "asking" ? "Waiting for permission…" : "Start speaking"}
      </Button>
      {recording.state === "refused" && (
        <div role="alert" className="text-left">
          <WarningNote>{recording.why}</WarningNote>
        </div>
      )}
    </div>
  );
}

function statusOf(isHeard: boolean, note: string): string {
  if (!isHeard) return "Recording. The server does not hear it yet.";
  return note ? `Recording: ${note}.` : "Recording. Your words appear once a worker is free.";
}
