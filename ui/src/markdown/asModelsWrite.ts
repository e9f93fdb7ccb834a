/** A node of remark's tree, as far as it is touched here. */
interface Node {
  type: string;
  value?: string;
  alt?: string | null;
  depth?: number;
  children?: Node[];
  data?: { hName: string };
}

const AS_LINKS: Record<string, string> = { image: "link", imageReference: "linkReference" };
const LINKS = Object.values(AS_LINKS);
const MEANT = /(\[\d{1,4}(?:\s?[,;]\s?\d{1,4}){0,20}\]|\n)/; // numbers that cite, and ends of lines

/**
 * A remark plugin for what language models mean beyond CommonMark: ends of lines stay, and numbers in brackets become
 * `cite` elements, one a number. Of the headings no level is left out: `levels` are the digits of those that the whole
 * text has. A picture becomes a link to itself: what an answer names is never fetched unasked.
 */
export const asModelsWrite = (levels: string) => () => (tree: Node) => change(tree, levels, false);

function change(node: Node, levels: string, isLink: boolean): void {
  const { depth, children } = node;
  if (depth !== undefined) node.depth = [...levels].filter((level) => Number(level) < depth).length + 1;
  if (!children) return;
  const inLink = isLink || LINKS.includes(node.type);
  for (const child of children) change(child, levels, inLink);
  node.children = children.flatMap((child) => changed(child, inLink));
}

function changed(node: Node, inLink: boolean): Node[] {
  if (node.type === "text") return meant(node.value ?? "", inLink);
  const link = AS_LINKS[node.type];
  if (!link) return [node];
  const words = asText(node.alt || "Picture");
  return [inLink ? words : { ...node, type: link, children: [words] }];
}

/** The pieces of a text. Within a link, which is a control already, numbers stay words. */
const meant = (text: string, inLink: boolean): Node[] =>
  text.split(MEANT).flatMap((piece) => {
    if (piece === "\n") return [{ type: "break" }];
    if (inLink || !MEANT.test(piece)) return piece ? [asText(piece)] : [];
    return piece.slice(1, -1).split(/[,;]/).map(asCite);
  });

const asText = (value: string): Node => ({ type: "text", value });
const asCite = (number: string): Node => ({
  type: "emphasis",
  data: { hName: "cite" },
  children: [asText(number.trim())],
});
