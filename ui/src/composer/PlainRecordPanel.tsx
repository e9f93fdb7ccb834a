import type { ReactNode } from "react";
import { Beginning, UnderWay } from "./RecordingStages";
import { useRecorder } from "./useRecorder";

interface Props {
  onRecorded: (file: File) => void;
  /** What may be chosen before it begins. */
  children?: ReactNode;
}

/** Record from the microphone, with the level shown. */
export function PlainRecordPanel({ onRecorded, children }: Props) {
  const { recording, start, stop, discard } = useRecorder(onRecorded);
  if (recording.state !== "recording") {
    const note = "The recording stays on this machine's Triptych, and becomes a file of this draft.";
    return (
      <Beginning
        start="Start recording"
        isAsking={recording.state === "asking"}
        refusal={recording.state === "refused" ? recording.why : null}
        onStart={() => void start()}
        note={note}
      >
        {children}
      </Beginning>
    );
  }
  return (
    <UnderWay recording={recording} onStop={() => void stop()} onDiscard={discard}>
      <p className="sr-only" role="status">
        Recording.
      </p>
    </UnderWay>
  );
}
