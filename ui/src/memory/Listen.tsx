import { Play } from "lucide-react";
import { contentUrl } from "@/api/files";
import type { Hit } from "@/api/types";
import { Button } from "@/ui/Button";
import { focusOn } from "@/ui/focusOn";
import { timecode } from "@/ui/format";

interface Props extends Pick<Hit, "memory" | "source"> {
  isPlaying: boolean;
  onPlay: () => void;
}

/** Plays what was said from its second on; a button until then, so that a list fetches no sound. */
export function Listen({ memory: { place }, source: { file_id, title }, isPlaying, onPlay }: Props) {
  const start_s = place.start_s;
  if (file_id === null || typeof start_s !== "number") return null;
  if (!isPlaying)
    return (
      <Button icon={Play} onClick={onPlay} className="ml-3" aria-label={`Play ${title} from ${timecode(start_s)}`}>
        {timecode(start_s)}
      </Button>
    );
  return (
    // biome-ignore lint/a11y/useMediaCaption: its words stand beside it
    <audio
      ref={focusOn}
      controls
      autoPlay
      src={`${contentUrl(file_id)}#t=${start_s}`}
      aria-label={`Player of ${title}`}
      className="h-9 w-full max-w-md"
    />
  );
}
