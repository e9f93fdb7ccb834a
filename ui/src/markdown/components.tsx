/** How the elements of a Markdown text look here; what is left out looks as browsers draw it. */
import { createContext, isValidElement, type ReactNode, useContext } from "react";
import type { Components } from "react-markdown";
import { CodeBlock } from "./CodeBlock";
import type { Cite } from "./Markdown";

export const CiteContext = createContext<Cite>((number) => `[${number}]`);

type Inside = { children?: ReactNode };

// The page and the message have the levels above.
export const COMPONENTS: Components = {
  h1: ({ children }) => <h3 className="font-display text-xl">{children}</h3>,
  h2: ({ children }) => <h4 className="font-display text-lg">{children}</h4>,
  h3: ({ children }) => <h5 className="font-semibold">{children}</h5>,
  h4: Least,
  h5: Least,
  h6: Least,
  strong: ({ children }) => <strong className="font-semibold">{children}</strong>,
  code: ({ children }) => <code className="rounded bg-sunken px-1 py-0.5 text-[0.9em]">{children}</code>,
  pre: Code,
  cite: Cited,
  a: Anchor,
  blockquote: ({ children }) => (
    <blockquote className="space-y-3 border-l-4 border-line pl-3 text-quiet">{children}</blockquote>
  ),
  ul: ({ children }) => <ul className="list-disc space-y-1 pl-6">{children}</ul>,
  ol: ({ children, start }) => (
    <ol start={start} className="list-decimal space-y-1 pl-8">
      {children}
    </ol>
  ),
  li: ({ children }) => <li className="space-y-1">{children}</li>,
  input: ({ checked }) => <span>{checked ? "☑" : "☐"}</span>,
  hr: () => <hr className="border-line" />,
  section: ({ children }) => <section className="space-y-3 text-sm">{children}</section>,
  sup: ({ children }) => <sup>{children}</sup>,
  table: Table,
  thead: ({ children }) => <thead className="bg-sunken">{children}</thead>,
  th: ({ children, style }) => (
    <th scope="col" style={style} className="border border-line px-2 py-1 text-left">
      {children}
    </th>
  ),
  td: ({ children, style }) => (
    <td style={style} className="border border-line px-2 py-1">
      {children}
    </td>
  ),
};

function Least({ children }: Inside) {
  return <h6 className="font-semibold">{children}</h6>;
}

function Code({ children }: Inside) {
  if (!isValidElement<{ className?: string; children?: ReactNode }>(children)) return <pre>{children}</pre>;
  const { className = "", children: text } = children.props;
  const language = /language-(\S+)/.exec(className)?.[1] ?? "";
  return <CodeBlock language={language} text={String(text ?? "").replace(/\n$/, "")} />;
}

function Cited({ children }: Inside) {
  return useContext(CiteContext)(Number(children));
}

/** Without an address that may be opened a link is its words. */
function Anchor({ href, children }: Inside & { href?: string | undefined }) {
  if (!href) return children;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-accent underline underline-offset-4"
    >
      {children}
    </a>
  );
}

/** A table that scrolls by itself where the page is too narrow for it. */
function Table({ children }: Inside) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section aria-label="Table" tabIndex={0} className="overflow-x-auto">
      <table className="border-collapse text-sm [overflow-wrap:normal]">{children}</table>
    </section>
  );
}
