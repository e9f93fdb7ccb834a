import type { Enhancement, PictureFigures } from "./documents";
import { Overlay } from "./Overlay";
import type { ViewerProps } from "./viewer";

/** A picture before and after, and what enhancing changed in figures. */
export function EnhancementViewer({ output, job }: ViewerProps) {
  const made = job.result as Enhancement | null;
  return (
    <div className="space-y-5">
      <div className="grid gap-4 sm:grid-cols-2">
        <section>
          <h3 className="mb-1 font-medium">Before</h3>
          <Overlay input={job.inputs[0]} what="Before" size={null} marks={[]} />
        </section>
        <section>
          <h3 className="mb-1 font-medium">After</h3>
          <Overlay input={output} what="After" size={null} marks={[]} />
        </section>
      </div>
      {made && <BeforeAndAfter made={made} />}
    </div>
  );
}

function BeforeAndAfter({ made }: { made: Enhancement }) {
  return (
    <table className="w-full max-w-prose text-left text-sm">
      <caption className="pb-2 text-left text-quiet">
        {made.operations.length ? `Done: ${made.operations.join(", ")}.` : "Nothing was done to it."}
      </caption>
      <thead>
        <tr>
          {["Measure", "Before", "After"].map((name) => (
            <th key={name} scope="col" className="py-1 pr-3 font-medium">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {MEASURES.map(([name, read]) => (
          <tr key={name} className="border-t border-line">
            <th scope="row" className="py-1 pr-3 font-normal text-quiet">
              {name}
            </th>
            <td className="tabular-nums">{read(made.before)}</td>
            <td className="tabular-nums">{read(made.after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const MEASURES: readonly [name: string, read: (figures: PictureFigures) => string][] = [
  ["Sharpness", ({ sharpness }) => sharpness.toFixed(2)],
  ["Noise", ({ noise }) => percent(noise)],
  ["Brightness", ({ exposure }) => percent(exposure.mean)],
  ["In shadow", ({ exposure }) => percent(exposure.shadows_share)],
  ["Burnt out", ({ exposure }) => percent(exposure.highlights_share)],
];
