import { useEffect, useRef, useState } from "react";
import type { JobEvent } from "@/api/events";
import { cancelJob, deleteJob, mergeParts } from "@/api/jobs";
import type { JsonObject, Part } from "@/api/types";
import { type LiveSocket, openLiveSocket } from "./liveSocket";
import { type Microphone, nameNow, openMicrophone, whyNoMicrophone } from "./microphone";

export interface Words {
  parts: readonly Part[];
  /** What is being said, not for good. */
  partial: string;
  /** What whoever listens is doing; empty while nobody does. */
  note: string;
}

export type LiveRecording =
  | { state: "idle" }
  | { state: "asking" }
  | {
      state: "recording" | "finishing";
      elapsedS: number;
      levels: number[];
      isHeard: boolean;
      words: Words;
      trouble: string;
    }
  | { state: "refused"; why: string };

const TICK_MS = 100;
const LEVELS_SHOWN = 60;
const STOP_WITHIN_MS = 10_000; // then this page's own recording is what there is
const NO_WORDS: Words = { parts: [], partial: "", note: "" };

interface Ends {
  /** The server has the recording, and this job is about it. */
  onKept: (jobId: string) => void;
  /** The server lacks some of it: the recording that this page made beside is whole. */
  onRecorded: (file: File) => void;
}

/** Record from the microphone, and have the words while they are spoken. */
export function useLiveRecorder(params: JsonObject, { onKept, onRecorded }: Ends) {
  const [recording, setRecording] = useState<LiveRecording>({ state: "idle" });
  const microphone = useRef<Microphone | null>(null);
  const socket = useRef<LiveSocket | null>(null);
  const job = useRef<string | null>(null);
  const isLost = useRef(false);
  const isStopping = useRef(false);
  const timers = useRef<number[]>([]);

  const release = () => {
    for (const timer of timers.current) window.clearTimeout(timer);
    timers.current = [];
    socket.current?.close();
    microphone.current?.close();
    socket.current = microphone.current = null;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page goes
  useEffect(() => release, []);

  const patch = (change: (old: Extract<LiveRecording, { levels: number[] }>) => Partial<LiveRecording>) =>
    setRecording((old) => ("levels" in old ? ({ ...old, ...change(old) } as LiveRecording) : old));
  const tick = () => {
    const level = microphone.current?.level() ?? 0;
    patch(({ elapsedS, levels }) => ({
      elapsedS: elapsedS + TICK_MS / 1000,
      levels: [...levels, level].slice(-LEVELS_SHOWN),
    }));
  };
  const finishHere = async () => {
    const file = await microphone.current?.finish();
    release();
    setRecording({ state: "idle" });
    if (file) onRecorded(file);
  };
  const listen = () =>
    openLiveSocket(params, nameNow(), {
      onStarted: (jobId) => {
        job.current = jobId;
      },
      onEvent: (event) =>
        patch(({ words, trouble }) => ({ words: wordsAfter(words, event), trouble: troubleAfter(trouble, event) })),
      onConnection: (isUp) => patch(() => ({ isHeard: isUp })),
      onKept: (jobId) => {
        release();
        setRecording({ state: "idle" });
        onKept(jobId);
      },
      onLost: (problem) => {
        isLost.current = true;
        if (isStopping.current) return void finishHere();
        patch(() => ({ isHeard: false, trouble: `${problem.message} This page records on by itself.` }));
      },
    });
  const start = async () => {
    setRecording({ state: "asking" });
    isLost.current = isStopping.current = false;
    job.current = null;
    try {
      microphone.current = await openMicrophone();
      setRecording({ state: "recording", elapsedS: 0, levels: [], isHeard: false, words: NO_WORDS, trouble: "" });
      await microphone.current.tap((samples) => socket.current?.send(samples));
      socket.current = listen();
      timers.current.push(window.setInterval(tick, TICK_MS));
    } catch (reason) {
      release();
      setRecording({ state: "refused", why: whyNoMicrophone(reason) });
    }
  };
  const stop = () => {
    if (isLost.current) return void finishHere();
    isStopping.current = true;
    for (const timer of timers.current) window.clearTimeout(timer);
    microphone.current?.untap();
    patch(() => ({ state: "finishing" }));
    timers.current = [window.setTimeout(() => void finishHere(), STOP_WITHIN_MS)];
    socket.current?.stop();
  };
  const discard = async () => {
    release();
    setRecording({ state: "idle" });
    if (job.current === null) return;
    await cancelJob(job.current).catch(() => undefined); // it may have failed, and is deleted all the same
    await deleteJob(job.current).catch(() => undefined); // what remains stands in the list of jobs
  };
  return { recording, start, stop, discard };
}

function wordsAfter(words: Words, event: JobEvent): Words {
  switch (event.type) {
    case "job.queued":
      return event.data.attempt === 0 ? words : NO_WORDS; // another attempt tells its parts anew
    case "job.progress":
      return { ...words, note: event.data.note };
    case "job.partial":
      return { ...words, partial: String(event.data.body.text) };
    case "job.part":
      return { ...words, parts: mergeParts(words.parts, [event.data]), partial: "" };
    default:
      return words;
  }
}

function troubleAfter(trouble: string, event: JobEvent): string {
  if (event.type !== "job.finished" || event.data.error === null) return trouble;
  return `The words cannot be written down: ${event.data.error.message}. The recording goes on.`;
}
