import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { IconButton } from "@/ui/Button";
import { MODALITIES, MODALITY_NAMES } from "../words";
import { MapTable } from "./MapTable";
import { isInSight, type MapDocument, type MapPoint, wholeOf, zoomed } from "./plane";
import { Scatter } from "./Scatter";

const FACTOR = 1.6;

/** The map to look at, and the same as a table below it: what is in sight stands there. */
export function MapView({ map: { points, method } }: { map: MapDocument }) {
  const navigate = useNavigate();
  const whole = useMemo(() => wholeOf(points), [points]);
  const [view, setView] = useState(whole);
  const [pointed, setPointed] = useState<MapPoint | null>(null);
  const inSight = useMemo(() => points.filter((point) => isInSight(point, view)), [points, view]);
  return (
    <div className="space-y-4">
      <figure className="space-y-2">
        <div className="flex flex-wrap items-center gap-x-4">
          <Legend />
          <div className="ml-auto flex">
            <IconButton icon={ZoomIn} label="Zoom in" onClick={() => setView(zoomed(view, FACTOR))} />
            <IconButton icon={ZoomOut} label="Zoom out" onClick={() => setView(zoomed(view, 1 / FACTOR))} />
            <IconButton icon={Maximize} label="Show all of the map" onClick={() => setView(whole)} />
          </div>
        </div>
        <Scatter
          points={points}
          view={view}
          onView={setView}
          pointed={pointed}
          onPoint={setPointed}
          onOpen={({ id }) => navigate(`/memory/${encodeURIComponent(id)}`)}
        />
        <figcaption className="min-h-12 text-sm">
          {pointed ? (
            <>
              <span className="font-medium">{pointed.title}</span>{" "}
              <span className="line-clamp-2 text-quiet">{pointed.text}</span>
            </>
          ) : (
            <span className="text-quiet">
              What means alike lies close together, laid out by {method}. Point at one to read it, click to open it.
            </span>
          )}
        </figcaption>
      </figure>
      <MapTable points={inSight} of={points.length} />
    </div>
  );
}

const SIGNS = { audio: "●", image: "■", text: "▲" } as const;

function Legend() {
  return (
    <ul aria-label="Legend" className="flex flex-wrap gap-x-4 text-sm">
      {MODALITY_NAMES.map((modality) => (
        <li key={modality}>
          <span aria-hidden="true" className={MODALITIES[modality].colour}>
            {SIGNS[modality]}
          </span>{" "}
          {MODALITIES[modality].label}
        </li>
      ))}
    </ul>
  );
}
