import { useState } from "react";
import { Link } from "react-router";
import { Button } from "@/ui/Button";
import { count } from "@/ui/format";
import { MODALITIES } from "../words";
import type { MapPoint } from "./plane";

const STEP = 50; // rows; more are shown when they are wanted

/** The memories of the map that are in sight, for whoever does not see it or would rather read. */
export function MapTable({ points, of }: { points: readonly MapPoint[]; of: number }) {
  const [shown, setShown] = useState(STEP);
  return (
    <details>
      <summary className="text-sm text-quiet">
        The map as a table: {count(points.length, "memory", "memories")} in sight of {of.toLocaleString()}
      </summary>
      <table className="mt-2 w-full text-sm">
        <caption className="sr-only">Memories that are in sight</caption>
        <thead>
          <tr className="text-left text-quiet">
            <th scope="col" className="pr-3 font-normal">
              Source
            </th>
            <th scope="col" className="pr-3 font-normal">
              What
            </th>
            <th scope="col" className="font-normal">
              Words
            </th>
          </tr>
        </thead>
        <tbody>
          {points.slice(0, shown).map(({ id, title, modality, text }) => (
            <tr key={id} className="border-t border-line align-top">
              <th scope="row" className="py-1 pr-3 text-left font-normal">
                <Link to={`/memory/${encodeURIComponent(id)}`} className="text-accent underline underline-offset-4">
                  {title}
                </Link>
              </th>
              <td className="py-1 pr-3">{MODALITIES[modality].label}</td>
              <td className="py-1">{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {points.length > shown && (
        <Button className="mt-2" onClick={() => setShown(shown + STEP)}>
          Show more rows
        </Button>
      )}
    </details>
  );
}
