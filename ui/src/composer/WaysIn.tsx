import { AudioLines, FileUp, type LucideIcon, TextCursorInput } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";

export type Way = "record" | "files" | "text";

interface Look {
  label: string;
  hint: string;
  icon: LucideIcon;
  colour: string;
}

export const WAYS: Record<Way, Look> = {
  record: { label: "Record", hint: "Speak into the microphone", icon: AudioLines, colour: "text-sound" },
  files: { label: "Files", hint: "Recordings, pictures, documents", icon: FileUp, colour: "text-picture" },
  text: { label: "Text", hint: "Paste or write it", icon: TextCursorInput, colour: "text-text" },
};
const ORDER = Object.keys(WAYS) as Way[];
const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The three panels to come in by: a tab list whose middle panel stands taller, as in a triptych. */
export function WaysIn({ way, onChoose }: { way: Way; onChoose: (way: Way) => void }) {
  const tabs = useRef(new Map<Way, HTMLButtonElement | null>());
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = ORDER[(ORDER.indexOf(way) + step + ORDER.length) % ORDER.length] ?? way;
    onChoose(next);
    tabs.current.get(next)?.focus();
  };
  return (
    <div
      role="tablist"
      aria-label="What to work on"
      onKeyDown={onKeyDown}
      className="grid grid-cols-3 items-end gap-1.5"
    >
      {ORDER.map((name) => (
        <Tab
          key={name}
          name={name}
          chosen={name === way}
          onChoose={onChoose}
          keep={(tab) => tabs.current.set(name, tab)}
        />
      ))}
    </div>
  );
}

interface TabProps {
  name: Way;
  chosen: boolean;
  onChoose: (way: Way) => void;
  keep: (tab: HTMLButtonElement | null) => void;
}

function Tab({ name, chosen, onChoose, keep }: TabProps) {
  const { label, hint, icon: Icon, colour } = WAYS[name];
  const top = name === "files" ? "rounded-t-[2.25rem] pt-7" : "rounded-t-xl pt-4";
  const ground = chosen ? "bg-panel border-line" : "bg-sunken border-transparent hover:border-line";
  return (
    <button
      ref={(element) => void keep(element)}
      type="button"
      role="tab"
      id={`tab-${name}`}
      aria-selected={chosen}
      aria-controls="way-panel"
      tabIndex={chosen ? 0 : -1}
      onClick={() => onChoose(name)}
      className={`relative -mb-px flex flex-col items-center gap-1 border border-b-0 px-2 pb-4 text-center ${top} ${ground}`}
    >
      <Icon aria-hidden="true" className={`size-7 ${colour}`} strokeWidth={1.5} />
      <span className="font-display text-lg leading-tight">{label}</span>
      <span className="hidden text-xs text-quiet sm:block">{hint}</span>
      {chosen && (
        <span aria-hidden="true" className={`absolute inset-x-4 bottom-1 h-0.5 rounded-full bg-current ${colour}`} />
      )}
    </button>
  );
}
