import { pageUrl } from "@/api/files";
import type { Box } from "@/viewers/documents";
import { Overlay } from "@/viewers/Overlay";

interface Props {
  file: { id: string; name: string };
  page: number;
  /** Dots per inch at which `box` was read. */
  dpi?: number | undefined;
  /** Framed on the page. */
  box?: Box | null;
  /** What is read there. */
  words?: string;
}

/** A page of a document, drawn by the server. */
export function PagePicture({ file: { id, name }, page, dpi, box = null, words = "" }: Props) {
  return (
    <Overlay
      key={`${id} ${page} ${dpi}`}
      input={{ url: pageUrl(id, page, dpi), name: `${page} of ${name}`, media_type: "image/jpeg" }}
      what="Page"
      size={null}
      marks={box ? [{ box, name: words }] : []}
      isMarked={() => true}
      broken="The page could not be drawn. The file can be downloaded."
    />
  );
}
