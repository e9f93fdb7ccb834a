import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import type { JsonObject } from "@/api/types";
import { WarningNote } from "@/ui/Notes";
import { LiveWords } from "./LiveWords";
import { Beginning, UnderWay } from "./RecordingStages";
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
    return (
      <UnderWay
        recording={recording}
        isFinishing={recording.state === "finishing"}
        onStop={stop}
        onDiscard={() => void discard()}
      >
        <p className="text-sm text-quiet" role="status">
          {statusOf(recording.isHeard, recording.words.note)}
        </p>
        {recording.trouble && (
          <div role="alert">
            <WarningNote>{recording.trouble}</WarningNote>
          </div>
        )}
        <LiveWords words={recording.words} />
      </UnderWay>
    );
  }
  const note = "Your words appear while you speak. The recording is kept as it comes, and can be heard again.";
  return (
    <Beginning
      start="Start speaking"
      isAsking={recording.state === "asking"}
      refusal={recording.state === "refused" ? recording.why : null}
      onStart={() => void start()}
      note={note}
    >
      {children}
    </Beginning>
  );
}

function statusOf(isHeard: boolean, note: string): string {
  if (!isHeard) return "Recording. The server does not hear it yet.";
  return note ? `Recording: ${note}.` : "Recording. Your words appear once a worker is free.";
}
