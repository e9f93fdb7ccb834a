import { MapView } from "@/memory/map/MapView";
import type { MapDocument } from "@/memory/map/plane";
import { Loaded } from "./Loaded";
import type { ViewerProps } from "./viewer";

/** What is remembered as points of a plane; a click on one opens it. */
export function MapViewer(props: ViewerProps) {
  return (
    <Loaded<MapDocument> {...props}>
      {(map) =>
        map.points.length > 0 ? (
          <MapView map={map} />
        ) : (
          <p className="text-quiet">There was nothing to draw when this map was made.</p>
        )
      }
    </Loaded>
  );
}
