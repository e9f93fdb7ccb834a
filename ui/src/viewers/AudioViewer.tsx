import { type SyntheticEvent, useContext } from "react";
import { Listening } from "./listening";
import type { ViewerProps } from "./viewer";

/** Plays the sound; who was listening to its pieces while it was made hears on from there. */
export function AudioViewer({ output }: ViewerProps) {
  const heard = useContext(Listening);
  const hearOn = ({ currentTarget: player }: SyntheticEvent<HTMLAudioElement>) => {
    if (heard.current === null || heard.current > player.duration) return;
    player.currentTime = heard.current;
    heard.current = null;
    player.play().catch(() => player.pause()); // a browser that wants a click first shows it ready to play
  };
  return (
    // biome-ignore lint/a11y/useMediaCaption: sound made from the user's own text or recording
    <audio
      controls
      preload="metadata"
      src={output.url}
      aria-label={`Player of ${output.name}`}
      className="w-full"
      onLoadedMetadata={hearOn}
    />
  );
}
