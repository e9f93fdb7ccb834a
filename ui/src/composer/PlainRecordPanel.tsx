import { Circle, Square } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/ui/Button";
import { timecode } from "@/ui/format";
import { WarningNote } from "@/ui/Notes";
import { Levels } from "./Levels";
import { useRecorder } from "./useRecorder";

interface Props {
  onRecorded: (file: File) => void;
  /** What may be chosen before it begins. */
  children?: ReactNode;
}

/** Record from the microphone, with the level shown. */
export function PlainRecordPanel({ onRecorded, children }: Props) {
  const { recording, start, stop, discard } = useRecorder(onRecorded);
  if (recording.state === "recording") {
    return (
      <div className="flex flex-col items-center gap-3 py-4">
        <Levels levels={recording.levels} />
        <p role="timer" className="text-2xl tabular-nums">
          {timecode(recording.elapsedS)}
        </p>
        <div className="flex flex-wrap justify-center gap-2">
          <Button look="primary" icon={Square} onClick={() => void stop()} autoFocus>
            Stop and keep
          </Button>
          <Button onClick={discard}>Discard</Button>
        </div>
        <p className="sr-only" role="status">
          Recording.
        </p>
      </div>
    );
  }
  return (
    <div className="flex flex-col items-center gap-4 py-6 text-center">
      {children}
      <p className="text-quiet">The recording stays on this machine's Triptych, and becomes a file of this draft.</p>
      <Button look="primary" icon={Circle} onClick={() => void start()} disabled={recording.state === "asking"}>
        {recording.state === "asking" ? "Waiting for permission…" : "Start recording"}
      </Button>
      {recording.state === "refused" && (
        <div role="alert" className="text-left">
          <WarningNote>{recording.why}</WarningNote>
        </div>
      )}
    </div>
  );
}
