import { useState } from "react";
import { pageUrl } from "@/api/files";
import type { Job } from "@/api/types";
import { count } from "@/ui/format";
import { CopyButton } from "./CopyButton";
import type { Page, PageDocument } from "./documents";
import { DRAWN } from "./drawn";
import { Leaves } from "./Leaves";
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
        {pages.length > 1 && <Leaves page={index + 1} of={pages.length} onLeaf={(leaf) => setIndex(leaf - 1)} />}
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

/** The input itself where browsers show it, else the copy with the lines drawn on it, or the page drawn anew. */
function pictureOf({ page }: Page, pages: number, job: Job): Shown | undefined {
  const input = job.inputs[0];
  if (input && DRAWN.includes(input.media_type)) return input;
  const name = `page ${page} of ${input?.name ?? "the document"}`;
  const overlay = job.outputs.find((output) => output.name === (pages > 1 ? `overlay-${page}.png` : "overlay.png"));
  if (overlay) return { ...overlay, name };
  if (!input) return undefined;
  const dpi = typeof job.params.dpi === "number" ? job.params.dpi : undefined;
  return { url: pageUrl(input.file_id, page, dpi), name, media_type: "image/jpeg" };
}
