import type { ReactNode } from "react";
import { count } from "@/ui/format";
import type { Comparison } from "./documents";
import { Figures } from "./Figures";
import { Overlay } from "./Overlay";
import type { ViewerProps } from "./viewer";

/** How far two pictures are apart: both, where the second differs, and the figures with what they mean. */
export function ComparisonViewer({ output, job }: ViewerProps) {
  const measured = job.result as Comparison | null;
  if (!measured) return <p className="text-quiet">Nothing was measured.</p>;
  const size = { width: measured.width_px, height: measured.height_px };
  const [first, second] = job.inputs;
  return (
    <div className="space-y-5">
      <div className="grid gap-4 sm:grid-cols-3">
        <Panel title="First">
          <Overlay input={first} what="First" size={null} marks={[]} />
        </Panel>
        <Panel title="Second">
          <Overlay input={second} what="Second" size={null} marks={[]} />
        </Panel>
        <Panel title="Difference">
          <Overlay input={output} what="Difference" size={size} marks={[]} />
        </Panel>
      </div>
      <Figures rows={figures(measured)} />
      <p className="max-w-prose text-sm text-quiet">
        Structure (SSIM) is 1 for identical pictures. A signal above 40 dB (PSNR) looks the same. A colour difference
        (CIEDE2000) of 1 is just seen, one of 100 is black beside white.
      </p>
    </div>
  );
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 font-medium">{title}</h3>
      {children}
    </section>
  );
}

const figures = (measured: Comparison): [string, string][] => [
  ["Structure", measured.ssim === null ? "too small to tell" : `SSIM ${measured.ssim.toFixed(4)}`],
  ["Signal", measured.psnr_db === null ? "identical" : `${measured.psnr_db.toFixed(1)} dB`],
  ["Colour difference", `${measured.mean_delta_e.toFixed(2)} on average`],
  ["Changed", `${(measured.changed_share * 100).toFixed(2)} % of the picture`],
  ["Regions", measured.regions_count ? `${count(measured.regions_count, "region")}, framed` : "none"],
  ["Hash", `${measured.hash_bits_apart} of 64 bits apart`],
];
