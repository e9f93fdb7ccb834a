import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Job } from "@/api/types";
import { Button } from "@/ui/Button";
import { count } from "@/ui/format";
import { CopyButton } from "./CopyButton";
import type { Page, PageDocument } from "./documents";
import { LinedPicture } from "./LinedPicture";
import { Loaded } from "./Loaded";
import type { Shown } from "./Overlay";
import { PageTables } from "./PageTables";
import { type AskedPlace, usePlace } from "./usePlace";
import type { ViewerProps } from "./viewer";

/**
 * Text read from a picture or the pages of a document, where it stands in it, and the tables among it. It opens at the
 * page and the lines that the address asks for.
 */
export function PageViewer(props: ViewerProps) {
  const place = usePlace();
  return (
    <Loaded<PageDocument> {...props}>
      {(document) => (
        <Pages key={JSON.stringify(place)} pages={document.pages ?? [document]} job={props.job} place={place} />
      )}
    </Loaded>
  );
}

function Pages({ pages, job, place }: { pages: readonly Page[]; job: Job; place: AskedPlace }) {
  const asked = place.page === null ? 0 : pages.findIndex(({ page }) => page === place.page);
  const [index, setIndex] = useState(Math.max(0, asked));
  const page = pages[index];
  if (!page) return null;
  const { lines, tables = [], width_px, height_px } = page;
  const text = pages.map((one) => one.lines.map((line) => line.text).join("\n")).join("\n\n");
  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2 text-sm text-quiet">
        <p>
          {lines.length === 0 ? "No text was found." : `${found(page)}. Point at a line to find it in the picture.`}
        </p>
        {pages.length > 1 && <Leaves index={index} of={pages.length} onLeaf={setIndex} />}
        {text.trim() && <CopyButton text={text} />}
      </div>
      <LinedPicture
        key={page.page}
        input={pictureOf(page, pages.length, job)}
        lines={lines}
        size={{ width: width_px, height: height_px }}
        asked={index === asked ? place.box : null}
      />
      {tables.length > 0 && (
        <PageTables key={`tables of ${page.page}`} tables={tables} runsFromTheRight={job.params.script === "arabic"} />
      )}
    </div>
  );
}

function found({ lines, tables = [] }: Page): string {
  const told = count(lines.length, "line");
  return tables.length === 0 ? told : `${told}, ${count(tables.length, "table")}`;
}

function Leaves({ index, of, onLeaf }: { index: number; of: number; onLeaf: (index: number) => void }) {
  return (
    <nav aria-label="Pages" className="flex items-center gap-2">
      <Button icon={ChevronLeft} disabled={index === 0} onClick={() => onLeaf(index - 1)}>
        Previous
      </Button>
      <span aria-live="polite" className="tabular-nums">
        Page {index + 1} of {of}
      </span>
      <Button icon={ChevronRight} disabled={index === of - 1} onClick={() => onLeaf(index + 1)}>
        Next
      </Button>
    </nav>
  );
}

/** What every browser draws as a picture: of anything else there is the copy with the lines drawn on it, if any. */
const DRAWN = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/avif"];

function pictureOf({ page }: Page, pages: number, job: Job): Shown | undefined {
  const input = job.inputs[0];
  if (input && DRAWN.includes(input.media_type)) return input;
  const name = pages > 1 ? `overlay-${page}.png` : "overlay.png";
  const overlay = job.outputs.find((output) => output.name === name);
  return overlay && { ...overlay, name: `page ${page} of ${input?.name ?? "the document"}` };
}
