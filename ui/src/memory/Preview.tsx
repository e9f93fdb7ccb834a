import { useState } from "react";
import { contentUrl } from "@/api/files";
import type { Modality, Source } from "@/api/types";
import { MODALITIES } from "./words";

/** What something is of, to be told at a glance: a picture small, anything else by its sign. */
export function Preview({ modality, source }: { modality: Modality; source: Source }) {
  const [isBroken, setIsBroken] = useState(false);
  const { icon: Icon, colour, label } = MODALITIES[modality];
  const box = "size-14 shrink-0 rounded-lg border border-line bg-sunken sm:size-20";
  if (source.file_id !== null && source.media_type.startsWith("image/") && !isBroken)
    return (
      <img
        src={contentUrl(source.file_id)}
        alt={`Picture: ${source.title}`}
        loading="lazy"
        decoding="async"
        onError={() => setIsBroken(true)}
        className={`${box} object-cover`}
      />
    );
  return (
    <span role="img" aria-label={label} className={`${box} grid place-items-center ${colour}`}>
      <Icon aria-hidden="true" className="size-7" />
    </span>
  );
}
