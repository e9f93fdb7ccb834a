import { lazy, type ReactNode, Suspense } from "react";
import { isDrawable } from "./bounds";

/** How a number in brackets is drawn: a control where something is cited by it. */
export type Cite = (number: number) => ReactNode;

interface Props {
  text: string;
  cite?: Cite;
  /** More is to come: a caret stands behind the last word. */
  isGrowing?: boolean;
}

// Words need no parser: where it is gone from the server, after an update say, they are shown as they were written.
const Drawn = lazy(() => import("./Drawn").catch(() => ({ default: Plain })));

/**
 * A Markdown text. HTML that stands in it is shown as the words it is; pictures are links, and links lead only to the web
 * and to mail. It is plain text until the parser is there, and where that would take too long.
 */
export function Markdown({ text, cite, isGrowing = false }: Props) {
  return (
    <div className={`max-w-prose space-y-3 leading-relaxed ${isGrowing ? "growing" : ""}`}>
      {isDrawable(text) ? (
        <Suspense fallback={<Plain text={text} />}>
          <Drawn text={text} {...(cite && { cite })} />
        </Suspense>
      ) : (
        <Plain text={text} />
      )}
    </div>
  );
}

const Plain = ({ text }: { text: string; cite?: Cite }) => <p className="whitespace-pre-wrap">{text}</p>;
