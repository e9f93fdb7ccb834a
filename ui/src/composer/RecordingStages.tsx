import { Circle, Square } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/ui/Button";
import { timecode } from "@/ui/format";
import { WarningNote } from "@/ui/Notes";
import { Levels } from "./Levels";

interface BeginningProps {
  /** What the button says. */
  start: string;
  isAsking: boolean;
  /** Why the microphone cannot be had. */
  refusal: string | null;
  onStart: () => void;
  /** What becomes of the recording. */
  note: string;
  /** What may be chosen before it begins. */
  children: ReactNode;
}

/** Before the microphone is on. */
export function Beginning({ start, isAsking, refusal, onStart, note, children }: BeginningProps) {
  return (
    <div className="flex flex-col items-center gap-4 py-6 text-center">
      {children}
      <p className="text-quiet">{note}</p>
      <Button look="primary" icon={Circle} onClick={onStart} disabled={isAsking}>
        {isAsking ? "Waiting for permission…" : start}
      </Button>
      {refusal !== null && (
        <div role="alert" className="text-left">
          <WarningNote>{refusal}</WarningNote>
        </div>
      )}
    </div>
  );
}

interface UnderWayProps {
  recording: { levels: readonly number[]; elapsedS: number };
  isFinishing?: boolean;
  /** What the button says that ends it. */
  stop?: string;
  onStop: () => void;
  onDiscard: () => void;
  /** What else is told meanwhile. */
  children: ReactNode;
}

/** While the microphone is on: the level, the time, and how to end it. */
export function UnderWay({
  recording,
  isFinishing = false,
  stop = "Stop and keep",
  onStop,
  onDiscard,
  children,
}: UnderWayProps) {
  return (
    <div className="flex flex-col items-center gap-3 py-4">
      <Levels levels={recording.levels} />
      <p role="timer" className="text-2xl tabular-nums">
        {timecode(recording.elapsedS)}
      </p>
      <div className="flex flex-wrap justify-center gap-2">
        <Button look="primary" icon={Square} onClick={onStop} disabled={isFinishing} autoFocus>
          {isFinishing ? "Keeping the recording…" : stop}
        </Button>
        <Button disabled={isFinishing} onClick={onDiscard}>
          Discard
        </Button>
      </div>
      {children}
    </div>
  );
}
