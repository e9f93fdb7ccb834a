import { useEffect, useRef, useState } from "react";
import { type Microphone, openMicrophone, whyNoMicrophone } from "./microphone";

export type Recording =
  | { state: "idle" }
  | { state: "asking" }
  | { state: "recording"; elapsedS: number; levels: number[] }
  | { state: "refused"; why: string };

const TICK_MS = 100;
const LEVELS_SHOWN = 60;

/** Record from the microphone; the finished recording is given to `onRecorded`, a discarded one to nobody. */
export function useRecorder(onRecorded: (file: File) => void) {
  const [recording, setRecording] = useState<Recording>({ state: "idle" });
  const microphone = useRef<Microphone | null>(null);
  const timer = useRef<number>(undefined);

  const release = () => {
    window.clearInterval(timer.current);
    microphone.current?.close();
    microphone.current = null;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page goes
  useEffect(() => release, []);

  const tick = () => {
    const level = microphone.current?.level() ?? 0;
    setRecording((old) => {
      if (old.state !== "recording") return old;
      const levels = [...old.levels, level].slice(-LEVELS_SHOWN);
      return { state: "recording", elapsedS: old.elapsedS + TICK_MS / 1000, levels };
    });
  };
  const start = async () => {
    setRecording({ state: "asking" });
    try {
      microphone.current = await openMicrophone();
      setRecording({ state: "recording", elapsedS: 0, levels: [] });
      timer.current = window.setInterval(tick, TICK_MS);
    } catch (reason) {
      setRecording({ state: "refused", why: whyNoMicrophone(reason) });
    }
  };
  const stop = async () => {
    const file = await microphone.current?.finish();
    release();
    setRecording({ state: "idle" });
    if (file) onRecorded(file);
  };
  const discard = () => {
    release();
    setRecording({ state: "idle" });
  };
  return { recording, start, stop, discard };
}
