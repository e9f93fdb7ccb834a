import type { Pipeline } from "@/api/types";
import { colourOf } from "@/ui/kinds";

interface Props {
  offered: readonly Pipeline[];
  chosen: string;
  onChoose: (name: string) => void;
}

/** What can be done with the sources, as the catalogue tells it. */
export function PipelineChoice({ offered, chosen, onChoose }: Props) {
  return (
    <fieldset>
      <legend className="mb-2 font-display text-lg">What should be done?</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {offered.map((pipeline) => (
          <label
            key={pipeline.name}
            className="flex items-start gap-3 rounded-xl border border-line p-3 hover:border-edge has-checked:border-accent has-checked:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="pipeline"
              value={pipeline.name}
              checked={pipeline.name === chosen}
              onChange={() => onChoose(pipeline.name)}
              aria-describedby={`about-${pipeline.name}`}
              className="mt-1 size-4 shrink-0 accent-accent outline-none"
            />
            <span className="min-w-0">
              <span className={`block font-medium ${colourOf(pipeline.name)}`}>{pipeline.title}</span>
              <span id={`about-${pipeline.name}`} className="block text-sm text-quiet">
                {firstParagraph(pipeline.help)}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function firstParagraph(help: string): string {
  return help.split(/\n\s*\n/, 1)[0]?.replaceAll(/\s+/g, " ") ?? "";
}
