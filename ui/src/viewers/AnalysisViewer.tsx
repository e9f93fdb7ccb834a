import type { ReactNode } from "react";
import type { JobOutput } from "@/api/types";
import { ScoreBar } from "@/ui/Bar";
import type { ImageAnalysis } from "./documents";
import { Loaded } from "./Loaded";
import { Overlay } from "./Overlay";
import type { ViewerProps } from "./viewer";

/** What was found in a picture, with faces and codes marked where they are. */
export function AnalysisViewer(props: ViewerProps) {
  return (
    <Loaded<ImageAnalysis> {...props}>
      {(analysis) => (
        <div className="grid gap-6 lg:grid-cols-2">
          <Overlay
            input={props.job.inputs[0]}
            size={{ width: analysis.width_px, height: analysis.height_px }}
            marks={marksOf(analysis)}
          />
          <Findings analysis={analysis} attention={props.job.outputs.find(({ name }) => name === "attention.png")} />
        </div>
      )}
    </Loaded>
  );
}

const marksOf = ({ faces, codes }: ImageAnalysis) => [
  ...faces.map((box, index) => ({ box, name: `Face ${index + 1}` })),
  ...codes.map(({ box, text, format }) => ({ box, name: `${format}: ${text}` })),
];

function Findings({ analysis, attention }: { analysis: ImageAnalysis; attention: JobOutput | undefined }) {
  const { labels, words = [], colours, codes, faces, exif } = analysis;
  return (
    <div className="space-y-5">
      {labels.length > 0 && (
        <Finding title="Labels">
          <ul>
            {labels.map(({ label, score }) => (
              <ScoreBar key={label} name={label} share={score} />
            ))}
          </ul>
        </Finding>
      )}
      {attention && (
        <Finding title="Where the classifier looked">
          <img
            src={attention.url}
            alt={`What led to ${analysis.attention?.label ?? "the first label"}, the warmer the more`}
            className="max-h-80 w-full rounded-lg border border-line object-contain"
          />
        </Finding>
      )}
      {words.length > 0 && (
        <Finding title="Words of your own">
          <ul>
            {words.map(({ label, score, cosine }) => (
              <ScoreBar key={label} name={`${label} (cosine ${cosine.toFixed(2)})`} share={score} />
            ))}
          </ul>
        </Finding>
      )}
      <Finding title="Colours">
        <Colours colours={colours} />
      </Finding>
      {codes.length > 0 && (
        <Finding title="Codes">
          <ul className="space-y-1 text-sm">
            {codes.map(({ format, text }) => (
              <li key={`${format} ${text}`}>
                <span className="text-quiet">{format}</span> <code>{text}</code>
              </li>
            ))}
          </ul>
        </Finding>
      )}
      <Finding title="Measures">
        <Table rows={measuresOf(analysis, faces.length)} />
      </Finding>
      {Object.keys(exif).length > 0 && (
        <Finding title="EXIF">
          <Table rows={Object.entries(exif).map(([name, value]) => [name, String(value)])} />
        </Finding>
      )}
    </div>
  );
}

function measuresOf(
  { width_px, height_px, format, sharpness, exposure, perceptual_hash }: ImageAnalysis,
  faces: number,
) {
  return [
    ["Size", `${width_px} × ${height_px} pixels, ${format}`],
    ["Faces", String(faces)],
    ["Sharpness", sharpness.toFixed(2)],
    [
      "Exposure",
      `mean ${exposure.mean.toFixed(2)}, ${percent(exposure.shadows_share)} in shadow, ${percent(exposure.highlights_share)} burnt out`,
    ],
    ["Perceptual hash", perceptual_hash],
  ] as [string, string][];
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function Finding({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 font-medium">{title}</h3>
      {children}
    </section>
  );
}

function Colours({ colours }: { colours: ImageAnalysis["colours"] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-2">
      {colours.map(({ hex, share }) => (
        <li key={hex} className="flex items-center gap-2 text-sm">
          <span aria-hidden="true" className="size-7 rounded-md border border-edge" style={{ background: hex }} />
          <span>
            <code>{hex}</code> <span className="text-quiet">{percent(share)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Table({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <table className="w-full text-sm">
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name} className="border-t border-line align-top">
            <th scope="row" className="w-36 py-1 pr-3 text-left font-normal text-quiet">
              {name}
            </th>
            <td className="py-1">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
