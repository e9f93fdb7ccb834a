import { count, timecode } from "@/ui/format";
import type { AudioAnalysis } from "./documents";
import { Figures } from "./Figures";
import { Loaded } from "./Loaded";
import type { ViewerProps } from "./viewer";
import { Waveform } from "./Waveform";

/** What was measured in a recording: its waveform, and the figures with their units. */
export function AudioAnalysisViewer(props: ViewerProps) {
  return (
    <Loaded<AudioAnalysis> {...props}>
      {(analysis) => (
        <div className="space-y-5">
          <Waveform analysis={analysis} />
          <Figures rows={figures(analysis)} />
        </div>
      )}
    </Loaded>
  );
}

function figures(analysis: AudioAnalysis): [string, string][] {
  const { loudness, levels, clipping, silence, speech, stereo_correlation } = analysis;
  return [
    ["Duration", `${timecode(analysis.duration_s)} (${analysis.duration_s} s)`],
    ["Form", `${analysis.codec}, ${analysis.sample_rate_hz} Hz, ${count(analysis.channels, "channel")}`],
    ["Loudness", amount(loudness.integrated_lufs, "LUFS")],
    ["Loudness range", amount(loudness.range_lu, "LU")],
    ["True peak", amount(loudness.true_peak_dbtp, "dBTP")],
    ["Sample peak", amount(levels.sample_peak_dbfs, "dBFS")],
    ["RMS level", amount(levels.rms_dbfs, "dBFS")],
    ["DC offset", `${(levels.dc_offset * 100).toFixed(2)} % of full scale`],
    ["Clipping", clipping.runs ? `${count(clipping.runs, "run")}, ${percent(clipping.share)} of the samples` : "none"],
    ["Silence", stretches(silence, `below ${silence.below_dbfs} dBFS`)],
    ["Speech", stretches(speech)],
    ["Stereo correlation", stereo_correlation?.toFixed(2) ?? "none"],
  ];
}

const amount = (value: number | null, unit: string) => (value === null ? "none" : `${value} ${unit}`);

const percent = (share: number) => `${(share * 100).toFixed(share < 0.001 ? 4 : 1)} %`;

const stretches = ({ duration_s, share }: AudioAnalysis["speech"], condition = "") =>
  duration_s === 0
    ? "none"
    : `${duration_s.toFixed(1)} s, ${percent(share)} of the whole${condition && `, ${condition}`}`;
