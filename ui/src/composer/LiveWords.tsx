import { timecode } from "@/ui/format";
import type { Segment } from "@/viewers/documents";
import type { Words } from "./useLiveRecorder";

/** What was said, and dimmed below it what is being said; only what stands for good is read aloud. */
export function LiveWords({ words: { parts, partial } }: { words: Words }) {
  const segments = parts.filter(({ kind }) => kind === "segment");
  return (
    <section aria-label="Words so far" className="w-full max-w-2xl space-y-1 text-left">
      <ol aria-live="polite" className="space-y-1">
        {segments.map(({ seq, body }) => {
          const { start_s, text } = body as unknown as Segment;
          return (
            <li key={seq} className="grid grid-cols-[4rem_1fr] gap-3">
              <span className="text-right text-sm leading-6 text-quiet tabular-nums">{timecode(start_s)}</span>
              <span>{text}</span>
            </li>
          );
        })}
      </ol>
      <p data-testid="partial" className="min-h-6 pl-[4.75rem] text-quiet italic">
        {partial}
      </p>
    </section>
  );
}
