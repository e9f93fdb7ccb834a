import { useQuery } from "@tanstack/react-query";
import { jobQuery } from "@/api/jobs";
import type { Hit } from "@/api/types";
import { PagePicture } from "@/file/PagePicture";
import { PictureView } from "@/file/PictureView";
import { SoundView } from "@/file/SoundView";
import type { Box } from "@/viewers/documents";

type Props = Pick<Hit, "memory" | "source">;

/** The source itself: sound that stands at the second, a page or a picture with the line framed. */
export function PlaceMedia({ memory, source }: Props) {
  const { file_id, media_type, title } = source;
  if (file_id === null) return null;
  const { start_s, box, page } = memory.place;
  const file = { id: file_id, name: title, media_type };
  if (media_type.startsWith("image/"))
    return (
      <PictureView
        file={file}
        page={typeof page === "number" ? page : null}
        box={(box as Box | undefined) ?? null}
        words={memory.text}
      />
    );
  if (media_type === "application/pdf") return <PdfPage memory={memory} source={source} />;
  if (media_type.startsWith("audio/") || media_type.startsWith("video/"))
    return <SoundView file={file} at_s={typeof start_s === "number" ? start_s : null} />;
  return null;
}

/** The page that it stands on, as large as it was read: so its box fits. */
function PdfPage({ memory, source }: Props) {
  const { box, page } = memory.place;
  const reading = useQuery({ ...jobQuery(memory.job_id ?? ""), enabled: box !== undefined && memory.job_id !== null });
  if (reading.isLoading) return null;
  const dpi = reading.data?.params.dpi;
  return (
    <div className="max-w-2xl">
      <PagePicture
        file={{ id: source.file_id ?? "", name: source.title }}
        page={typeof page === "number" ? page : 1}
        dpi={typeof dpi === "number" ? dpi : undefined}
        box={(box as Box | undefined) ?? null}
        words={memory.text}
      />
    </div>
  );
}
