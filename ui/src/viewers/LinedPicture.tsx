import { useState } from "react";
import type { Line } from "./documents";
import { Overlay, type Shown } from "./Overlay";

interface Props {
  input: Shown | undefined;
  lines: readonly Line[];
  size?: { width: number; height: number } | null;
}

const UNSURE = 0.8; // below, a line is worth a second look

/** A picture and its lines side by side; pointing at one marks the other. */
export function LinedPicture({ input, lines, size = null }: Props) {
  const [active, setActive] = useState<number | null>(null);
  const marks = lines.map(({ box, text }) => ({ box, name: text }));
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Overlay input={input} size={size} marks={marks} active={active} onActive={setActive} />
      <ol aria-label="Lines" className="max-h-[70vh] overflow-y-auto">
        {lines.map((line, index) => (
          <li key={`${line.box.x},${line.box.y},${line.text}`}>
            <button
              type="button"
              onPointerEnter={() => setActive(index)}
              onPointerLeave={() => setActive(null)}
              onFocus={() => setActive(index)}
              onBlur={() => setActive(null)}
              className={`flex w-full items-baseline justify-between gap-3 rounded-md border-l-4 px-2 py-1 text-left ${index === active ? "border-picture bg-sunken" : "border-transparent"}`}
            >
              <span>{line.text}</span>
              <span
                className={`shrink-0 whitespace-nowrap text-xs tabular-nums ${line.confidence < UNSURE ? "text-warn" : "text-quiet"}`}
              >
                <span className="sr-only">confidence </span>
                {Math.round(line.confidence * 100)} %
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
