/** The plane of the map: what part of it is in sight, and where a point stands on the screen. */
import type { Modality } from "@/api/types";

export interface MapPoint {
  id: string;
  x: number;
  y: number;
  modality: Modality;
  kind: string;
  title: string;
  text: string;
}

/** `map.json`, what a `memory.map` job gives (docs/api.md). */
export interface MapDocument {
  points: MapPoint[];
  method: string;
}

/** The part of the plane that is in sight, in the plane's own units; as wide to high as the drawing. */
export interface View {
  x: number;
  y: number;
  width: number;
}

/** Pixels of the drawing, before it is fitted to the page. */
export const WIDTH = 900;
export const HEIGHT = 600;
const MARGIN = 0.05; // of the plane, around its outermost points
const NEAREST = 1000; // times nearer than all of it; what lies closer together than that is told apart by the table
const FURTHEST = 4;

const heightOf = ({ width }: View) => (width * HEIGHT) / WIDTH;

/** All of it. */
export function wholeOf(points: readonly MapPoint[]): View {
  const [left, right] = extent(points.map(({ x }) => x));
  const [top, bottom] = extent(points.map(({ y }) => y));
  const width = (1 + 2 * MARGIN) * Math.max(right - left, ((bottom - top) * WIDTH) / HEIGHT, 1e-6);
  const view = { x: (left + right - width) / 2, y: 0, width };
  return { ...view, y: (top + bottom - heightOf(view)) / 2 };
}

function extent(values: readonly number[]): [number, number] {
  // Not spread into Math.min: tens of thousands of arguments are more than a call takes.
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [values[0] ?? 0, values[0] ?? 0],
  );
}

/** Nearer (factor above 1) or further, around a place of the drawing that stays where it is. */
export function zoomed(view: View, factor: number, [left, top] = [WIDTH / 2, HEIGHT / 2]): View {
  const width = view.width / factor;
  const lost = view.width - width;
  return { width, x: view.x + (lost * left) / WIDTH, y: view.y + (lost * top) / WIDTH };
}

/** Whether a view is near enough to all of it to be of use. */
export const isOfUse = ({ width }: View, whole: View): boolean =>
  width >= whole.width / NEAREST && width <= whole.width * FURTHEST;

/** Moved by pixels of the drawing. */
export const moved = (view: View, right: number, down: number): View => ({
  ...view,
  x: view.x + (right * view.width) / WIDTH,
  y: view.y + (down * view.width) / WIDTH,
});

/** Where a point stands in the drawing, in pixels from its top left. */
export const onScreen = ({ x, y }: { x: number; y: number }, view: View): [number, number] => [
  ((x - view.x) / view.width) * WIDTH,
  ((y - view.y) / view.width) * WIDTH,
];

export const isInSight = (point: MapPoint, view: View): boolean => {
  const [left, top] = onScreen(point, view);
  return left >= 0 && top >= 0 && left <= WIDTH && top <= HEIGHT;
};
