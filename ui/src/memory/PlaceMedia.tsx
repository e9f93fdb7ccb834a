import type { Hit } from "@/api/types";
import type { Box } from "@/viewers/documents";
import { Overlay } from "@/viewers/Overlay";
import { contentUrl } from "./Preview";

/** The source itself where a page can show it: sound that stands at the second, a picture with the line framed. */
export function PlaceMedia({ memory, source }: Pick<Hit, "memory" | "source">) {
  const { file_id, media_type, title } = source;
  if (file_id === null) return null;
  const { start_s, box } = memory.place;
  const url = contentUrl(file_id);
  const shared = {
    controls: true,
    preload: "metadata",
    src: typeof start_s === "number" ? `${url}#t=${start_s}` : url,
    "aria-label": `Player of ${title}`,
  };
  if (media_type.startsWith("image/"))
    return (
      <div className="max-w-2xl">
        <Overlay
          input={{ url, name: title, media_type }}
          what="Picture"
          size={null}
          marks={box ? [{ box: box as Box, name: memory.text }] : []}
          isMarked={() => true}
        />
      </div>
    );
  if (media_type.startsWith("audio/")) return <audio {...shared} className="w-full" />;
  if (media_type.startsWith("video/")) return <video {...shared} className="max-h-96 w-full rounded-lg" />;
  return null;
}
