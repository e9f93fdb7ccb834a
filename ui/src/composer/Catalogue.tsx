import type { Pipeline } from "@/api/types";
import { colourOf } from "@/ui/kinds";

const PANELS = [
  ["audio", "Sound"],
  ["image", "Picture"],
  ["text", "Text"],
] as const;

/** What can be done here, before anything is chosen: one column a panel. */
export function Catalogue({ pipelines }: { pipelines: readonly Pipeline[] }) {
  return (
    <section aria-label="What can be done" className="mt-6 grid gap-4 border-t border-line pt-5 sm:grid-cols-3">
      {PANELS.map(([kind, name]) => (
        <div key={kind}>
          <h2 className={`font-display text-lg ${colourOf(kind)}`}>{name}</h2>
          <ul className="mt-1 space-y-0.5 text-sm text-quiet">
            {pipelines
              .filter((pipeline) => pipeline.kind === kind)
              .map((pipeline) => (
                <li key={pipeline.name}>{pipeline.title}</li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
