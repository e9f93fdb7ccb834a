import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from "react";
import type { Modality } from "@/api/types";
import { MODALITY_NAMES } from "../words";
import { HEIGHT, type MapPoint, moved, nearest, onScreen, pathOf, type View, WIDTH, zoomed } from "./plane";

const FILLS: Record<Modality, string> = { audio: "fill-sound", image: "fill-picture", text: "fill-text" };
const DRAGGED = 4; // pixels; less is a click
const STEP = 80; // pixels that an arrow key moves the map
const FACTOR = 1.6;

const KEYS: Record<string, (view: View) => View> = {
  ArrowLeft: (view) => moved(view, -STEP, 0),
  ArrowRight: (view) => moved(view, STEP, 0),
  ArrowUp: (view) => moved(view, 0, -STEP),
  ArrowDown: (view) => moved(view, 0, STEP),
  "+": (view) => zoomed(view, FACTOR),
  "-": (view) => zoomed(view, 1 / FACTOR),
};

/** The view after a key; null for keys that do not move the map. */
const afterKey = (key: string, view: View): View | null => KEYS[key]?.(view) ?? null;

interface Props {
  points: readonly MapPoint[];
  view: View;
  onView: (view: View) => void;
  pointed: MapPoint | null;
  onPoint: (point: MapPoint | null) => void;
  onOpen: (point: MapPoint) => void;
}

/** The memories as points: drag moves, a double click zooms, a click opens. Arrow keys move it, + and - zoom. */
export function Scatter({ points, view, onView, pointed, onPoint, onOpen }: Props) {
  const dragged = useRef<{ from: [number, number]; view: View; isFar: boolean } | null>(null);
  const paths = useMemo(
    () => MODALITY_NAMES.map((modality) => ({ modality, path: pathOf(points, modality, view) })),
    [points, view],
  );
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const place = placeOf(event);
    const drag = dragged.current;
    if (!drag) return onPoint(nearest(points, view, place));
    const [right, down] = [drag.from[0] - place[0], drag.from[1] - place[1]];
    drag.isFar ||= Math.hypot(right, down) > DRAGGED;
    if (drag.isFar) onView(moved(drag.view, right, down));
  };
  const onPointerUp = (event: PointerEvent<SVGSVGElement>) => {
    const point = nearest(points, view, placeOf(event));
    if (point && dragged.current && !dragged.current.isFar) onOpen(point);
    dragged.current = null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const after = afterKey(event.key, view);
    if (!after) return;
    event.preventDefault();
    onView(after);
  };
  const mark = pointed && onScreen(pointed, view);
  return (
    <svg
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move it
      tabIndex={0}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-label={`Map of ${points.length} memories: arrow keys move it, plus and minus zoom`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        dragged.current = { from: placeOf(event), view, isFar: false };
        event.currentTarget.setPointerCapture?.(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        dragged.current = null;
      }}
      onPointerLeave={() => onPoint(null)}
      onDoubleClick={(event) => onView(zoomed(view, FACTOR, placeOf(event)))}
      className={`block w-full touch-pan-y rounded-lg border border-line bg-sunken select-none ${pointed ? "cursor-pointer" : "cursor-grab"}`}
    >
      {paths.map(({ modality, path }) => (
        <path key={modality} d={path} fillOpacity={0.7} className={`${FILLS[modality]} stroke-panel`} />
      ))}
      {mark && <circle cx={mark[0]} cy={mark[1]} r={11} className="fill-none stroke-ink stroke-2" />}
    </svg>
  );
}

/** Where the pointer is in the drawing's pixels, however large the page draws it. */
function placeOf({
  currentTarget,
  clientX,
  clientY,
}: {
  currentTarget: Element;
  clientX: number;
  clientY: number;
}): [number, number] {
  const { left, top, width } = currentTarget.getBoundingClientRect();
  const scale = width ? WIDTH / width : 1;
  return [(clientX - left) * scale, (clientY - top) * scale];
}
