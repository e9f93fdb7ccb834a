import { CopyButton } from "@/viewers/CopyButton";

/** Code as it was written, with its language and a button that copies it. */
export function CodeBlock({ language, text }: { language: string; text: string }) {
  return (
    <figure aria-label={language ? `Code, ${language}` : "Code"} className="rounded-lg border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-b border-line py-1 pr-1 pl-3 text-xs text-quiet">
        {language || "Code"}
        <CopyButton what="code" text={text} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre tabIndex={0} className="overflow-x-auto p-3 text-sm [overflow-wrap:normal]">
        <code>{text}</code>
      </pre>
    </figure>
  );
}
