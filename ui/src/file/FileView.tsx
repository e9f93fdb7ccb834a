import { Download } from "lucide-react";
import { contentUrl } from "@/api/files";
import type { StoredFile } from "@/api/types";
import { bytes, moment } from "@/ui/format";
import { kindOfFile } from "@/ui/mediaTypes";
import { usePlace } from "@/viewers/usePlace";
import { PdfView } from "./PdfView";
import { PictureView } from "./PictureView";
import { SoundView } from "./SoundView";
import { TextView } from "./TextView";

/** A stored file: what it is, and itself at the place that the address asks for. */
export function FileView({ file }: { file: StoredFile }) {
  return (
    <article className="space-y-4 rounded-2xl border border-line bg-panel p-4 sm:p-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <h1 tabIndex={-1} className="font-display text-2xl wrap-anywhere">
            {file.name}
          </h1>
          <p className="text-sm text-quiet">
            {kindOfFile(file.media_type)}, {bytes(file.size_bytes)},{" "}
            <time dateTime={file.created_at}>{moment(file.created_at)}</time>
          </p>
        </div>
        <a
          href={contentUrl(file.id)}
          download={file.name}
          className="inline-flex min-h-9 items-center gap-1.5 text-sm text-accent underline-offset-4 hover:underline"
        >
          <Download aria-hidden="true" className="size-4" /> Download
        </a>
      </header>
      <Content file={file} />
    </article>
  );
}

function Content({ file }: { file: StoredFile }) {
  const place = usePlace();
  const [family] = file.media_type.split("/");
  if (file.media_type === "application/pdf") return <PdfView file={file} />;
  if (family === "text") return <TextView key={place.passage?.start} file={file} />;
  if (family === "image") return <PictureView file={file} page={place.page} box={place.box} />;
  if (family === "audio" || family === "video") return <SoundView key={place.at_s} file={file} at_s={place.at_s} />;
  return <p className="text-quiet">{kindOfFile(file.media_type)} cannot be shown here.</p>;
}
