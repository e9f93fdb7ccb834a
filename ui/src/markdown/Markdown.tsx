import { useMemo } from "react";
import { type Block, blocksOf } from "./blocks";
import { CodeBlock } from "./CodeBlock";
import { type Cite, CiteContext, Line } from "./Line";
import { Table } from "./Table";

interface Props {
  text: string;
  cite?: Cite;
  /** More is to come: a caret stands behind the last word. */
  isGrowing?: boolean;
}

/**
 * A Markdown text. It is drawn from parsed pieces, so HTML that stands in it is shown as the words it is; pictures are
 * links, and links lead only to the web and to mail.
 */
export function Markdown({ text, cite, isGrowing = false }: Props) {
  const blocks = useMemo(() => blocksOf(text), [text]);
  const drawn = (
    <div className={`max-w-prose space-y-3 leading-relaxed ${isGrowing ? "growing" : ""}`}>
      <Blocks blocks={blocks} />
    </div>
  );
  return cite ? <CiteContext.Provider value={cite}>{drawn}</CiteContext.Provider> : drawn;
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return blocks.map((block) => <Drawn key={block.at} block={block} />);
}

function Drawn({ block }: { block: Block }) {
  switch (block.is) {
    case "heading":
      return <Heading block={block} />;
    case "paragraph":
      return (
        <p>
          <Line text={block.text} />
        </p>
      );
    case "code":
      return <CodeBlock language={block.language} text={block.text} />;
    case "quote":
      return (
        <blockquote className="space-y-3 border-l-4 border-line pl-3 text-quiet">
          <Blocks blocks={block.inside} />
        </blockquote>
      );
    case "list":
      return <List block={block} />;
    case "table":
      return <Table block={block} />;
    case "rule":
      return <hr className="border-line" />;
  }
}

/** The page and the message have the levels above. */
const HEADINGS = [
  ["h3", "font-display text-xl"],
  ["h4", "font-display text-lg"],
  ["h5", "font-semibold"],
  ["h6", "font-semibold"],
] as const;

function Heading({ block: { level, text } }: { block: Extract<Block, { is: "heading" }> }) {
  const [Tag, look] = HEADINGS[Math.min(level, HEADINGS.length) - 1] ?? HEADINGS[0];
  return (
    <Tag className={look}>
      <Line text={text} />
    </Tag>
  );
}

function List({ block: { start, items } }: { block: Extract<Block, { is: "list" }> }) {
  const drawn = items.map((item) => (
    <li key={item.at} className="space-y-1">
      <Blocks blocks={item.inside} />
    </li>
  ));
  if (start === null) return <ul className="list-disc space-y-1 pl-6">{drawn}</ul>;
  return (
    <ol start={start} className="list-decimal space-y-1 pl-8">
      {drawn}
    </ol>
  );
}
