import { Chart, LinearScale, PointElement, Tooltip } from "chart.js";
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { Scatter as Drawing } from "react-chartjs-2";
import { dataOf, optionsOf } from "./chart";
import { useColours } from "./colours";
import { type MapPoint, moved, type View, WIDTH, zoomed } from "./plane";

Chart.register(LinearScale, PointElement, Tooltip);

const DRAGGED = 4; // pixels; less is a click
const STEP = 80; // pixels that an arrow key moves the map
const FACTOR = 1.6;
const A_PIXEL = 1.0015; // how much nearer a pixel of the wheel brings it; a notch is a hundred

const KEYS: Record<string, (view: View) => View> = {
  ArrowLeft: (view) => moved(view, -STEP, 0),
  ArrowRight: (view) => moved(view, STEP, 0),
  ArrowUp: (view) => moved(view, 0, -STEP),
  ArrowDown: (view) => moved(view, 0, STEP),
  "+": (view) => zoomed(view, FACTOR),
  "-": (view) => zoomed(view, 1 / FACTOR),
};

interface Props {
  points: readonly MapPoint[];
  view: View;
  /** All of the map is in sight. */
  isAll: boolean;
  onView: (change: (view: View) => View) => void;
  onOpen: (point: MapPoint) => void;
}

/** The memories as points: drag moves, wheel and double click zoom, a click opens. Arrow keys move it, + and - zoom. */
export default function Scatter({ points, view, isAll, onView, onOpen }: Props) {
  const colours = useColours();
  const drag = useDrag(view, onView);
  const wheel = useWheel(isAll, onView);
  const [width, setWidth] = useState(WIDTH);
  const data = useMemo(() => dataOf(points, colours, width), [points, colours, width]);
  const onClick = (point: MapPoint) => drag.wasFar() || onOpen(point);
  const onKeyDown = (event: KeyboardEvent) => {
    const change = KEYS[event.key];
    if (!change) return;
    event.preventDefault();
    onView(change);
  };
  return (
    <div ref={wheel} className="absolute inset-0">
      <Drawing
        role="application"
        tabIndex={0}
        aria-label={`Map of ${points.length} memories: arrow keys move it, plus and minus zoom`}
        data={data}
        options={optionsOf(view, colours, { onWidth: setWidth, onClick })}
        onKeyDown={onKeyDown}
        onDoubleClick={(event) => {
          const at = placeOf(event.currentTarget, event);
          onView((now) => zoomed(now, FACTOR, at));
        }}
        className="touch-pan-y select-none"
        {...drag.handlers}
      />
    </div>
  );
}

/** What moves the map with the pointer. */
function useDrag(view: View, onView: Props["onView"]) {
  const drag = useRef<{ from: [number, number]; view: View } | null>(null);
  const isFar = useRef(false);
  const onPointerDown = (event: PointerEvent<Element>) => {
    drag.current = { from: placeOf(event.currentTarget, event), view };
    isFar.current = false;
    event.currentTarget.setPointerCapture?.(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<Element>) => {
    if (!drag.current) return;
    const { from, view: before } = drag.current;
    const [left, top] = placeOf(event.currentTarget, event);
    const [right, down] = [from[0] - left, from[1] - top];
    isFar.current ||= Math.hypot(right, down) > DRAGGED;
    if (isFar.current) onView(() => moved(before, right, down));
  };
  const letGo = () => {
    drag.current = null;
  };
  const handlers = { onPointerDown, onPointerMove, onPointerUp: letGo, onPointerCancel: letGo };
  return { handlers, wasFar: () => isFar.current };
}

/** Zooms by the wheel, at the pointer. Where all is in sight, turning it away scrolls the page. */
function useWheel(isAll: boolean, onView: Props["onView"]) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onWheel = (event: WheelEvent) => {
      if (isAll && event.deltaY > 0) return;
      event.preventDefault();
      const at = placeOf(event.currentTarget as Element, event);
      onView((now) => zoomed(now, A_PIXEL ** -event.deltaY, at));
    };
    const { current } = place;
    current?.addEventListener("wheel", onWheel, { passive: false }); // React's own cannot hold the page
    return () => current?.removeEventListener("wheel", onWheel);
  }, [isAll, onView]);
  return place;
}

/** Where the pointer is in the drawing's pixels, however large the page draws it. */
function placeOf(drawing: Element, { clientX, clientY }: { clientX: number; clientY: number }): [number, number] {
  const { left, top, width } = drawing.getBoundingClientRect();
  const scale = width ? WIDTH / width : 1;
  return [(clientX - left) * scale, (clientY - top) * scale];
}
