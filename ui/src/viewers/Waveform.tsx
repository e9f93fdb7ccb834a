import { count, timecode } from "@/ui/format";
import type { AudioAnalysis, Stretch } from "./documents";

/** A recording as a line, with silence and speech as bands behind it and clipping as marks above. */
export function Waveform({ analysis }: { analysis: AudioAnalysis }) {
  const { duration_s, peaks, silence, speech, clipping } = analysis;
  const marks = [
    { name: "Speech", places: speech.places, colour: "bg-sound/25", fill: "fill-sound/25", y: -1, height: 2 },
    { name: "Silence", places: silence.places, colour: "bg-edge/40", fill: "fill-edge/40", y: -1, height: 2 },
    { name: "Clipping", places: clipping.places, colour: "bg-bad", fill: "fill-bad", y: -1, height: 0.1 },
  ].filter(({ places }) => places.length > 0);
  const drawn = ({ name, places, fill, y, height }: (typeof marks)[number]) => (
    <path key={name} d={bands(places, y, height, duration_s)} className={fill} />
  );
  return (
    <figure>
      <svg
        viewBox={`0 -1 ${duration_s} 2`}
        preserveAspectRatio="none"
        role="img"
        aria-label={described(analysis)}
        className="h-36 w-full rounded-lg border border-line bg-sunken"
      >
        {marks.filter(({ height }) => height === 2).map(drawn)}
        <path
          d={outline(peaks)}
          vectorEffect="non-scaling-stroke"
          className="fill-sound stroke-sound"
          strokeWidth={1}
          strokeLinejoin="round"
        />
        {marks.filter(({ height }) => height < 2).map(drawn)}
      </svg>
      <figcaption className="mt-1 flex flex-wrap gap-x-4 text-sm text-quiet">
        <span>{timecode(0)}</span>
        {marks.map(({ name, colour }) => (
          <span key={name} className="flex items-center gap-1.5">
            <span aria-hidden="true" className={`size-3 rounded-sm border border-edge ${colour}`} />
            {name}
          </span>
        ))}
        <span className="ml-auto">{timecode(duration_s)}</span>
      </figcaption>
    </figure>
  );
}

const described = ({ duration_s, silence, speech, clipping }: AudioAnalysis) =>
  `Waveform of ${timecode(duration_s)}: ${count(speech.count, "stretch", "stretches")} of speech, ` +
  `${count(silence.count, "silence")}, ${count(clipping.places.length, "clipped place")}`;

/** Rectangles, none of them narrower than can be seen. */
function bands(places: readonly Stretch[], y: number, height: number, duration_s: number): string {
  const least_s = duration_s / 500;
  return places
    .map(({ start_s, end_s }) => `M${start_s} ${y}h${Math.max(end_s - start_s, least_s)}v${height}H${start_s}z`)
    .join("");
}

/** Along the highest samples and back along the lowest; y points downward. */
function outline({ step_s, low, high }: AudioAnalysis["peaks"]): string {
  const at = (step: number) => (step * step_s).toFixed(4);
  const above = high.map((value, step) => `${at(step)} ${-value}`);
  const below = low.map((value, step) => `${at(step)} ${-value}`).reverse();
  return `M${[...above, ...below].join("L")}z`;
}
