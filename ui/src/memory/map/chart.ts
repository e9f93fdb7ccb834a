/** What Chart.js is told of the map. */
import type { ChartData, ChartOptions, PointStyle } from "chart.js";
import type { Modality } from "@/api/types";
import { MODALITIES, MODALITY_NAMES } from "../words";
import type { Colours } from "./colours";
import { HEIGHT, type MapPoint, type View, WIDTH } from "./plane";

const SMALLEST = 0.5; // of a point's size, however narrow the drawing
const REACH = 6; // pixels beyond the edge that still point at it
const LONGEST = 90; // characters of a memory's words in its tooltip

/** Told from each other without colours, too. Sizes are alike to the eye: pixels from the middle, where WIDTH are drawn. */
const LOOKS: Record<Modality, { colour: "sound" | "picture" | "text"; shape: PointStyle; size: number }> = {
  audio: { colour: "sound", shape: "circle", size: 4.5 },
  image: { colour: "picture", shape: "rect", size: 5.5 },
  text: { colour: "text", shape: "triangle", size: 5.5 },
};

/** A dataset a modality, for a drawing as wide as `width` in pixels. */
export function dataOf(points: readonly MapPoint[], colours: Colours, width: number): ChartData<"scatter", MapPoint[]> {
  const scale = Math.max(SMALLEST, width / WIDTH); // a number: to ask a function for each point takes six times as long
  const datasets = MODALITY_NAMES.map((modality) => ({
    label: MODALITIES[modality].label,
    data: points.filter((point) => point.modality === modality),
    pointStyle: LOOKS[modality].shape,
    backgroundColor: colours[LOOKS[modality].colour],
    borderColor: colours.paper,
    borderWidth: 0.5,
    hoverBorderColor: colours.ink,
    hoverBorderWidth: 2,
    radius: LOOKS[modality].size * scale,
    hoverRadius: LOOKS[modality].size * scale + 2,
    hitRadius: REACH,
  }));
  return { datasets };
}

interface Heard {
  onWidth: (width: number) => void;
  onClick: (point: MapPoint) => void;
}

/** The part of the plane that is in sight as the ranges of both axes, which are not drawn: they mean nothing. */
export function optionsOf(view: View, colours: Colours, { onWidth, onClick }: Heard): ChartOptions<"scatter"> {
  return {
    animation: false, // for whoever wants less motion, and for maps of 20,000
    parsing: false,
    aspectRatio: WIDTH / HEIGHT,
    layout: { autoPadding: false }, // points at the edge are cut off there
    interaction: { mode: "nearest", intersect: true },
    scales: {
      x: { type: "linear", display: false, min: view.x, max: view.x + view.width },
      y: { type: "linear", display: false, reverse: true, min: view.y, max: view.y + (view.width * HEIGHT) / WIDTH },
    },
    onResize: (_, { width }) => onWidth(width),
    onHover: ({ native }, [pointed]) => {
      if (native?.target instanceof HTMLElement) native.target.style.cursor = pointed ? "pointer" : "grab";
    },
    onClick: (_, [pointed], { data }) => {
      const point = pointed && data.datasets[pointed.datasetIndex]?.data[pointed.index];
      if (point) onClick(point as MapPoint);
    },
    plugins: { legend: { display: false }, tooltip: tooltipIn(colours) },
  };
}

/** One memory a tooltip, the nearest, however many lie beneath the pointer. */
const tooltipIn = ({
  ink,
  paper,
}: Colours): NonNullable<NonNullable<ChartOptions<"scatter">["plugins"]>["tooltip"]> => ({
  backgroundColor: ink,
  titleColor: paper,
  bodyColor: paper,
  displayColors: false,
  filter: (_, place) => place === 0,
  callbacks: {
    title: ([item]) => short((item?.raw as MapPoint | undefined)?.title ?? ""),
    label: ({ raw }) => short((raw as MapPoint).text),
  },
});

const short = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
