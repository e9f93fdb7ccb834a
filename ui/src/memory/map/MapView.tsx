import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { IconButton } from "@/ui/Button";
import { ErrorNote, Loading } from "@/ui/Notes";
import { MODALITIES, MODALITY_NAMES } from "../words";
import { MapTable } from "./MapTable";
import { isInSight, isOfUse, type MapDocument, type View, wholeOf, zoomed } from "./plane";

const FACTOR = 1.6;
const Scatter = lazy(() =>
  import("./Scatter").catch((error: unknown) => ({ default: () => <NotDrawn error={error} /> })),
);

/** The map to look at, and the same as a table below it: what is in sight stands there. */
export function MapView({ map: { points, method } }: { map: MapDocument }) {
  const navigate = useNavigate();
  const whole = useMemo(() => wholeOf(points), [points]);
  const [view, setView] = useState(whole);
  const change = (changed: (view: View) => View) =>
    setView((now) => (isOfUse(changed(now), whole) ? changed(now) : now));
  const inSight = useMemo(() => points.filter((point) => isInSight(point, view)), [points, view]);
  return (
    <div className="space-y-4">
      <figure className="space-y-2">
        <div className="flex flex-wrap items-center gap-x-4">
          <Legend />
          <div className="ml-auto flex">
            <IconButton icon={ZoomIn} label="Zoom in" onClick={() => change((now) => zoomed(now, FACTOR))} />
            <IconButton icon={ZoomOut} label="Zoom out" onClick={() => change((now) => zoomed(now, 1 / FACTOR))} />
            <IconButton icon={Maximize} label="Show all of the map" onClick={() => setView(whole)} />
          </div>
        </div>
        <div className="relative aspect-3/2 overflow-hidden rounded-lg border border-line bg-sunken">
          <Suspense fallback={<Loading what="the drawing" />}>
            <Scatter
              points={points}
              view={view}
              isAll={view.width >= whole.width}
              onView={change}
              onOpen={({ id }) => navigate(`/memory/${encodeURIComponent(id)}`)}
            />
          </Suspense>
        </div>
        <figcaption className="text-sm text-quiet">
          What means alike lies close together, laid out by {method}. Point at one to read it, click to open it.
        </figcaption>
      </figure>
      <MapTable points={inSight} of={points.length} />
    </div>
  );
}

const NotDrawn = ({ error }: { error: unknown }) => (
  <ErrorNote error={error} title="The drawing could not be loaded; the table below holds the same" />
);

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
