import type { ViewerProps } from "./viewer";

export function PictureViewer({ output }: ViewerProps) {
  return (
    <a href={output.url} download={output.name} title="Download the full picture">
      <img
        src={output.url}
        alt={`Result: ${output.name}`}
        className="mx-auto max-h-[80vh] rounded-lg border border-line"
      />
    </a>
  );
}
