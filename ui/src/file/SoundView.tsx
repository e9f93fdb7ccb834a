import { useState } from "react";
import { contentUrl } from "@/api/files";
import type { StoredFile } from "@/api/types";
import { WarningNote } from "@/ui/Notes";

interface Props {
  file: Pick<StoredFile, "id" | "name" | "media_type">;
  /** Seconds, where the player stands at first. */
  at_s: number | null;
}

/** A recording or a film, standing at its second. */
export function SoundView({ file: { id, name, media_type }, at_s }: Props) {
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) return <WarningNote>{name} does not play in this browser. It can be downloaded.</WarningNote>;
  const shared = {
    controls: true,
    preload: "metadata",
    src: at_s === null ? contentUrl(id) : `${contentUrl(id)}#t=${at_s}`,
    "aria-label": `Player of ${name}`,
    onError: () => setIsBroken(true),
  };
  if (media_type.startsWith("audio/")) return <audio {...shared} className="w-full" />;
  return <video {...shared} className="max-h-96 w-full rounded-lg" />;
}
