import type { Modality } from "@/api/types";
import { MODALITIES, MODALITY_NAMES } from "./words";

interface Props {
  chosen: readonly Modality[];
  onChoose: (modalities: Modality[]) => void;
}

/** Sound, pictures, text: none chosen means all. */
export function ModalityChoice({ chosen, onChoose }: Props) {
  return (
    <fieldset aria-label="What to find" className="flex flex-wrap gap-2">
      {MODALITY_NAMES.map((modality) => {
        const { label, icon: Icon, colour } = MODALITIES[modality];
        const isChosen = chosen.includes(modality);
        const others = chosen.filter((one) => one !== modality);
        return (
          <label
            key={modality}
            className={`inline-flex min-h-9 items-center gap-1.5 rounded-full border px-3 text-sm has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ${isChosen ? "border-accent bg-sunken font-medium" : "border-line bg-panel"}`}
          >
            <input
              type="checkbox"
              checked={isChosen}
              onChange={() => onChoose(isChosen ? others : [...others, modality])}
              className="sr-only"
            />
            <Icon aria-hidden="true" className={`size-4 ${colour}`} />
            {label}
          </label>
        );
      })}
    </fieldset>
  );
}
