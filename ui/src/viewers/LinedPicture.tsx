import { useState } from "react";
import type { Box, Line } from "./documents";
import { Overlay, type Shown } from "./Overlay";
import { scrolledTo } from "./scrolledTo";

interface Props {
  input: Shown | undefined;
  lines: readonly Line[];
  size?: { width: number; height: number } | null;
  /** Where somebody was sent to: the lines in it stay marked, and the first is brought into sight. */
  asked?: Box | null;
}

const UNSURE = 0.8; // below, a line is worth a second look

/** A picture and its lines side by side; pointing at one marks the other. */
export function LinedPicture({ input, lines, size = null, asked = null }: Props) {
  const [active, setActive] = useState<number | null>(null);
  const found = lines.flatMap(({ box }, index) => (asked && liesIn(box, asked) ? [index] : []));
  const isMarked = (index: number) => index === active || found.includes(index);
  const marks = lines.map(({ box, text }) => ({ box, name: text }));
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Overlay input={input} size={size} marks={marks} isMarked={isMarked} onActive={setActive} />
      <ol aria-label="Lines" className="max-h-[70vh] overflow-y-auto">
        {lines.map((line, index) => (
          <li key={`${line.box.x},${line.box.y},${line.text}`}>
            <button
              ref={index === found[0] ? scrolledTo : undefined}
              type="button"
              {...(found.includes(index) && { "aria-current": true })}
              onPointerEnter={() => setActive(index)}
              onPointerLeave={() => setActive(null)}
              onFocus={() => setActive(index)}
              onBlur={() => setActive(null)}
              className={`flex w-full items-baseline justify-between gap-3 rounded-md border-l-4 px-2 py-1 text-left ${isMarked(index) ? "border-picture bg-sunken" : "border-transparent"}`}
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

/** Whether the middle of a box lies in another: a memory may span several lines. */
function liesIn(box: Box, outer: Box): boolean {
  const [x, y] = [box.x + box.width / 2 - outer.x, box.y + box.height / 2 - outer.y];
  return x >= 0 && y >= 0 && x <= outer.width && y <= outer.height;
}
