import { ScoreBar } from "@/ui/Bar";
import { CopyButton } from "./CopyButton";
import type { Keywords } from "./documents";
import { Loaded } from "./Loaded";
import type { ViewerProps } from "./viewer";

/** What a text is about, strongest first; the scores are relative to the first. */
export function KeywordsViewer(props: ViewerProps) {
  return (
    <Loaded<Keywords> {...props}>
      {({ keywords }) =>
        keywords.length === 0 ? (
          <p className="text-quiet">No keyword was found.</p>
        ) : (
          <div>
            <div className="mb-2 flex flex-wrap items-center justify-between gap-2 text-sm text-quiet">
              <p>Strongest first; a bar tells the strength beside the first.</p>
              <CopyButton what="keywords" text={keywords.map(({ text }) => text).join("\n")} />
            </div>
            <ol aria-label="Keywords" className="max-w-prose">
              {keywords.map(({ text, score }) => (
                <ScoreBar key={text} name={text} share={score} colour="bg-text" />
              ))}
            </ol>
          </div>
        )
      }
    </Loaded>
  );
}
