import { memo, useMemo } from "react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { asModelsWrite } from "./asModelsWrite";
import { linesOutsideCode } from "./bounds";
import { CiteContext, COMPONENTS } from "./components";
import { addressed } from "./links";
import type { Cite } from "./Markdown";
import { piecesOf } from "./pieces";

/** A Markdown text, drawn piece by piece. */
export default function Drawn({ text, cite }: { text: string; cite?: Cite }) {
  const lines = useMemo(() => text.replace(/\r\n?/g, "\n"), [text]);
  const levels = useMemo(() => levelsOf(lines), [lines]);
  const drawn = piecesOf(lines).map((piece, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces only grow at the end
    <Piece key={place} text={piece} levels={levels} />
  ));
  return cite ? <CiteContext.Provider value={cite}>{drawn}</CiteContext.Provider> : drawn;
}

/** Parsed again only when it changes: of a text that is being written all pieces but the last stay as they are. */
const Piece = memo(function Piece({ text, levels }: { text: string; levels: string }) {
  const plugins = useMemo(() => [remarkGfm, asModelsWrite(levels)], [levels]);
  return (
    <ReactMarkdown
      remarkPlugins={plugins}
      remarkRehypeOptions={FOOTNOTES}
      urlTransform={addressed}
      components={COMPONENTS}
    >
      {text}
    </ReactMarkdown>
  );
});

/** Footnotes stand at the end under a heading of the first level; nothing leads there, so that nothing leads back. */
const FOOTNOTES = { footnoteLabelTagName: "h1", footnoteLabelProperties: {}, footnoteBackContent: "" };

/** The levels of headings that a text has, in order: "24" of one with `##` and `####`. */
const levelsOf = (text: string): string =>
  [...new Set(linesOutsideCode(text).map((line) => /^ {0,3}(#{1,6})(?:\s|$)/.exec(line)?.[1]?.length))]
    .filter((level) => level !== undefined)
    .sort()
    .join("");
