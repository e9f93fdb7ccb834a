/** The browser's microphone as a recording and a level, without React. */

import { type TakeSamples, tapSamples } from "./pcm";

export interface Microphone {
  /** Loudness now, 0 to 1. */
  level: () => number;
  finish: () => Promise<File>;
  /** Have the sound itself as well, as it comes. */
  tap: (take: TakeSamples) => Promise<void>;
  untap: () => void;
  close: () => void;
}

/** What browsers record, best first, with the ending that says it is sound alone: `.webm` and `.mp4` are films. */
const CONTAINERS = [
  ["audio/webm;codecs=opus", "weba"],
  ["audio/ogg;codecs=opus", "ogg"],
  ["audio/mp4", "m4a"],
] as const;

/** Models hear worse what filters for telephony have gone over; a voice that is too quiet is made louder all the same. */
const AS_IT_SOUNDS = { echoCancellation: false, noiseSuppression: false, autoGainControl: true };

/** Ask for the microphone and begin. Rejects with the browser's DOMException when it is refused or missing. */
export async function openMicrophone(): Promise<Microphone> {
  if (!navigator.mediaDevices || typeof MediaRecorder === "undefined") throw new DOMException("", "InsecureError");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_SOUNDS });
  const [mimeType, ending] = CONTAINERS.find(([type]) => MediaRecorder.isTypeSupported(type)) ?? CONTAINERS[0];
  const recorder = new MediaRecorder(stream, { mimeType });
  const chunks: Blob[] = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.start(1000);
  const meter = openMeter(stream);
  let untap: (() => void) | null = null;
  const tap = async (take: TakeSamples) => {
    untap = await tapSamples(stream, take);
  };
  const stopTap = () => {
    untap?.();
    untap = null;
  };
  const close = () => {
    stopTap();
    for (const track of stream.getTracks()) track.stop();
    meter.close();
  };
  const finish = () =>
    new Promise<File>((resolve) => {
      recorder.onstop = () =>
        resolve(new File(chunks, `${nameNow()}.${ending}`, { type: mimeType.split(";")[0] ?? "" }));
      recorder.stop();
    });
  return { level: meter.level, finish, close, tap, untap: stopTap };
}

function openMeter(stream: MediaStream) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const level = () => {
    analyser.getFloatTimeDomainData(samples);
    const meanSquare = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const decibels = 10 * Math.log10(meanSquare + 1e-9);
    return Math.min(1, Math.max(0, (decibels + 60) / 60)); // -60 dB is silence to a listener
  };
  return { level, close: () => void context.close() };
}

export function nameNow(): string {
  const now = new Date();
  const two = (part: number) => String(part).padStart(2, "0");
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `recording ${date} ${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}`;
}

/** Why there is no recording, and the mend, for each way in which browsers refuse. */
export function whyNoMicrophone(reason: unknown): string {
  const name = reason instanceof DOMException ? reason.name : "";
  if (name === "NotAllowedError")
    return "The microphone is blocked for this page. Allow it in the address bar's site settings, then try again.";
  if (name === "NotFoundError") return "No microphone was found. Connect one, then try again.";
  if (name === "NotReadableError")
    return "The microphone is in use by another program. Close it there, then try again.";
  if (name === "InsecureError")
    return "Browsers allow recording only on https:// or localhost. Open Triptych there, or drop a recording instead.";
  return `The microphone could not be opened (${name || String(reason)}).`;
}
