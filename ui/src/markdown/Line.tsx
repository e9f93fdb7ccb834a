import { createContext, Fragment, memo, type ReactNode, useContext } from "react";
import { type Inline, inlinesOf } from "./inline";

/** How a number in brackets is drawn: a control where something is cited by it. */
export type Cite = (number: number) => ReactNode;
export const CiteContext = createContext<Cite>((number) => `[${number}]`);

/** Parsed again only when it changes: of a text that is being written all lines but the last stay as they are. */
export const Line = memo(function Line({ text }: { text: string }) {
  return <Pieces pieces={inlinesOf(text)} />;
});

function Pieces({ pieces }: { pieces: readonly Inline[] }) {
  return pieces.map((piece) => <Piece key={piece.at} piece={piece} />);
}

function Piece({ piece }: { piece: Inline }) {
  const cite = useContext(CiteContext);
  switch (piece.is) {
    case "text":
      return piece.text;
    case "break":
      return <br />;
    case "code":
      return <code className="rounded bg-sunken px-1 py-0.5 text-[0.9em]">{piece.text}</code>;
    case "strong":
      return (
        <strong className="font-semibold">
          <Pieces pieces={piece.inside} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Pieces pieces={piece.inside} />
        </em>
      );
    case "struck":
      return (
        <s>
          <Pieces pieces={piece.inside} />
        </s>
      );
    case "link":
      return (
        <a
          href={piece.url}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="text-accent underline underline-offset-4"
        >
          <Pieces pieces={piece.inside} />
        </a>
      );
    case "cite":
      return piece.numbers.map((number) => <Fragment key={number}>{cite(number)}</Fragment>);
  }
}
