/** The microphone's sound as a live recording wants it: 16-bit samples, one channel, 16 kHz. */

const RATE_HZ = 16_000;
/** A Butterworth filter of the sixth order, as three of the second: what 16 kHz cannot hold would sound as noise. */
const CUTOFF_HZ = 7000;
const QUALITIES = [0.518, Math.SQRT1_2, 1.932];

export type TakeSamples = (samples: Int16Array<ArrayBuffer>) => void;

/** Have the samples of `stream` until the returned function is called. */
export async function tapSamples(stream: MediaStream, take: TakeSamples): Promise<() => void> {
  const context = new AudioContext();
  await context.audioWorklet.addModule("/pcm-worklet.js");
  const worklet = new AudioWorkletNode(context, "pcm", { channelCount: 1, channelCountMode: "explicit" });
  const resampled = resampler(context.sampleRate);
  worklet.port.onmessage = ({ data }: MessageEvent<Float32Array>) => take(resampled(data));
  const filters = QUALITIES.map(
    (Q) => new BiquadFilterNode(context, { type: "lowpass", frequency: CUTOFF_HZ, Q: 20 * Math.log10(Q) }),
  );
  const chain: AudioNode[] = [context.createMediaStreamSource(stream), ...filters, worklet];
  chain.reduce((from, to) => from.connect(to));
  return () => {
    worklet.port.onmessage = null;
    void context.close();
  };
}

/** Samples at 16 kHz of blocks at `rateHz`, each between the two nearest; a block goes on where the last one ended. */
export function resampler(rateHz: number): (block: Float32Array) => Int16Array<ArrayBuffer> {
  const step = rateHz / RATE_HZ;
  let last = 0; // the sample before the block
  let at = 0; // of the next one, from the sample before the block
  return (block) => {
    const samples: number[] = [];
    for (; at < block.length; at += step) {
      const index = Math.floor(at);
      const before = index === 0 ? last : (block[index - 1] ?? 0);
      const after = block[index] ?? 0;
      samples.push(Math.round(32_767 * Math.min(1, Math.max(-1, before + (after - before) * (at - index)))));
    }
    at -= block.length;
    last = block[block.length - 1] ?? last;
    return Int16Array.from(samples);
  };
}
