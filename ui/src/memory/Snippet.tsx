import type { Hit } from "@/api/types";

/** A piece of what is remembered, with what fits the question marked. Marks count characters, of which an emoji is one. */
export function Snippet({ snippet, marks }: Pick<Hit, "snippet" | "marks">) {
  const characters = Array.from(snippet);
  const between = (start: number, end?: number) => characters.slice(start, end).join("");
  return (
    <>
      {marks.map(([start = 0, end = 0], index) => (
        <span key={start}>
          {between(marks[index - 1]?.[1] ?? 0, start)}
          <mark className="rounded-sm bg-warn-soft px-0.5 font-semibold text-ink">{between(start, end)}</mark>
        </span>
      ))}
      {between(marks.at(-1)?.[1] ?? 0)}
    </>
  );
}
