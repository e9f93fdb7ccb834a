import { count } from "@/ui/format";
import type { Embedding } from "./documents";
import { Loaded } from "./Loaded";
import type { ViewerProps } from "./viewer";

const SHOWN = 200; // passages; more are in the file

/** The passages of a text, each with its vector as a strip of light and dark. */
export function EmbeddingViewer(props: ViewerProps) {
  return (
    <Loaded<Embedding> {...props}>
      {({ model, dimensions, passages }) => (
        <div>
          <p className="mb-3 text-sm text-quiet">
            {count(passages.length, "passage")}, each as a vector of {dimensions} numbers, by {model}.
            {passages.length > SHOWN && ` The first ${SHOWN} are shown.`}
          </p>
          <ol className="space-y-4">
            {passages.slice(0, SHOWN).map(({ start, text, vector }) => (
              <li key={start}>
                <p>{text}</p>
                <Strip vector={vector} />
              </li>
            ))}
          </ol>
        </div>
      )}
    </Loaded>
  );
}

function Strip({ vector }: { vector: readonly number[] }) {
  const peak = Math.max(...vector.map(Math.abs), 1e-9);
  return (
    <svg
      viewBox={`0 0 ${vector.length} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className="mt-1 h-3 w-full text-text"
    >
      {vector.map((value, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a number is its place
          key={index}
          x={index}
          y={0}
          width={1.02}
          height={1}
          fill="currentColor"
          fillOpacity={Math.abs(value) / peak}
        />
      ))}
    </svg>
  );
}
