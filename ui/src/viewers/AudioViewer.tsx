import type { ViewerProps } from "./viewer";

export function AudioViewer({ output }: ViewerProps) {
  return (
    // biome-ignore lint/a11y/useMediaCaption: sound made from the user's own text or recording
    <audio controls preload="metadata" src={output.url} aria-label={`Player of ${output.name}`} className="w-full" />
  );
}
