import { Circle, Square } from "lucide-react";
import { Button } from "@/ui/Button";
import { timecode } from "@/ui/format";
import { WarningNote } from "@/ui/Notes";
import { useRecorder } from "./useRecorder";

/** Record from the microphone, with the level shown. */
export function RecordPanel({ onRecorded }: { onRecorded: (file: File) => void }) {
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

const WIDTH = 60;

function Levels({ levels }: { levels: readonly number[] }) {
  const offset = WIDTH - levels.length;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} 16`}
      preserveAspectRatio="none"
      className="h-16 w-full max-w-md text-sound"
      aria-hidden="true"
    >
      {levels.map((level, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          key={index}
          x={offset + index + 0.15}
          y={8 - Math.max(0.3, level * 8)}
          width={0.7}
          height={Math.max(0.6, level * 16)}
          fill="currentColor"
        />
      ))}
    </svg>
  );
}
