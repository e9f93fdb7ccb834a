import { contentUrl, pageUrl } from "@/api/files";
import type { StoredFile } from "@/api/types";
import type { Box } from "@/viewers/documents";
import { DRAWN } from "@/viewers/drawn";
import { Overlay } from "@/viewers/Overlay";

interface Props {
  file: Pick<StoredFile, "id" | "name" | "media_type">;
  /** Of a TIFF. */
  page?: number | null;
  box?: Box | null;
  /** What is read in the box. */
  words?: string;
}

/** A picture with a box framed in it; what browsers do not show is drawn by the server. */
export function PictureView({ file: { id, name, media_type }, page, box, words = "" }: Props) {
  const url = DRAWN.includes(media_type) ? contentUrl(id) : pageUrl(id, page ?? 1);
  return (
    <div className="max-w-3xl">
      <Overlay
        key={url}
        input={{ url, name, media_type }}
        what="Picture"
        size={null}
        marks={box ? [{ box, name: words }] : []}
        isMarked={() => true}
      />
    </div>
  );
}
