/** The blocks of a Markdown text, as data: what language models write of CommonMark and GitHub's tables. */

export type Align = "left" | "center" | "right" | null;
export type Block = { at: number } & (
  | { is: "heading"; level: number; text: string }
  | { is: "paragraph"; text: string }
  | { is: "code"; language: string; text: string }
  | { is: "quote"; inside: Block[] }
  | { is: "list"; start: number | null; items: { at: number; inside: Block[] }[] }
  | { is: "table"; head: string[]; align: Align[]; rows: string[][] }
  | { is: "rule" }
);
type Read = { block: Block | null; until: number };

const DEEPEST = 10; // quotes and lists within each other; what lies deeper is shown as it was written
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?: {1,4}|\t|$)/;
const DELIMITERS = /^ {0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** The blocks of `text`. What is not closed yet, as in a text that is still being written, ends where the text does. */
export const blocksOf = (text: string): Block[] => read(text.replace(/\r\n?/g, "\n").split("\n"), 0);

function read(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const { block, until } = readOne(lines, at, depth);
    if (block) blocks.push(block);
    at = until;
  }
  return ranked(blocks);
}

/** Headings of the levels that there are, from 1, none of them left out: a text may begin with any. */
function ranked(blocks: readonly Block[]): Block[] {
  const levels = new Set(blocks.flatMap((block) => (block.is === "heading" ? [block.level] : [])));
  const ranks = [...levels].sort();
  return blocks.map((block) => (block.is === "heading" ? { ...block, level: ranks.indexOf(block.level) + 1 } : block));
}

function readOne(lines: readonly string[], at: number, depth: number): Read {
  const line = lines[at] ?? "";
  if (!line.trim()) return { block: null, until: at + 1 };
  const [, fence, language = ""] = FENCE.exec(line) ?? [];
  if (fence) return readCode(lines, at, fence, language);
  const [, marks, title = ""] = HEADING.exec(line) ?? [];
  if (marks) return { block: { at, is: "heading", level: marks.length, text: title }, until: at + 1 };
  if (RULE.test(line)) return { block: { at, is: "rule" }, until: at + 1 };
  if (depth < DEEPEST && QUOTE.test(line)) return readQuote(lines, at, depth);
  if (depth < DEEPEST && ITEM.test(line)) return readList(lines, at, depth);
  if (isTable(lines, at)) return readTable(lines, at);
  return readParagraph(lines, at, depth);
}

function readCode(lines: readonly string[], at: number, fence: string, language: string): Read {
  const closing = new RegExp(`^ {0,3}${fence[0]}{${fence.length},}\\s*$`);
  const indent = /^ */.exec(lines[at] ?? "")?.[0].length ?? 0;
  const end = lines.findIndex((line, place) => place > at && closing.test(line));
  const inside = lines.slice(at + 1, end < 0 ? undefined : end);
  const text = inside.map((line) => line.replace(new RegExp(`^ {0,${indent}}`), "")).join("\n");
  return { block: { at, is: "code", language, text }, until: end < 0 ? lines.length : end + 1 };
}

function readQuote(lines: readonly string[], at: number, depth: number): Read {
  let until = at;
  while (QUOTE.test(lines[until] ?? "")) until += 1;
  const inside = lines.slice(at, until).map((line) => line.replace(QUOTE, ""));
  return { block: { at, is: "quote", inside: read(inside, depth + 1) }, until };
}

function readList(lines: readonly string[], at: number, depth: number): Read {
  const kind = kindOf(lines[at] ?? "");
  const items: { at: number; inside: Block[] }[] = [];
  let until = at;
  while (kindOf(lines[until] ?? "") === kind && !RULE.test(lines[until] ?? "")) {
    const begin = until;
    const inside = itemFrom(lines, begin);
    items.push({ at: begin, inside: read(inside, depth + 1) });
    until = begin + inside.length;
  }
  const number = Number.parseInt(ITEM.exec(lines[at] ?? "")?.[2] ?? "", 10);
  return { block: { at, is: "list", start: Number.isNaN(number) ? null : number, items }, until };
}

/** What tells items of one list from those of the next: the bullet, or what stands behind the number. */
const kindOf = (line: string): string | null => ITEM.exec(line)?.[2]?.slice(-1) ?? null;

/** The lines of one item without its indent: what is indented like it, and lines that a paragraph of it goes on with. */
function itemFrom(lines: readonly string[], at: number): string[] {
  const first = lines[at] ?? "";
  const mark = ITEM.exec(first)?.[0] ?? "";
  const indent = mark.trim() === mark.trimStart() ? mark.length + 1 : mark.length;
  const inside = [first.slice(mark.length)];
  for (let place = at + 1; place < lines.length; place += 1) {
    const line = lines[place] ?? "";
    const spaces = line.length - line.trimStart().length;
    const isOurs = !line.trim() || spaces >= Math.min(indent, 2 + mark.search(/\S/));
    if (!isOurs && (!inside.at(-1)?.trim() || beginsBlock(line))) break;
    inside.push(line.slice(Math.min(spaces, indent)));
  }
  return inside;
}

const beginsBlock = (line: string): boolean => [FENCE, HEADING, RULE, QUOTE, ITEM].some((mark) => mark.test(line));

const isTable = (lines: readonly string[], at: number): boolean => {
  const [head = "", delimiters = ""] = [lines[at], lines[at + 1]];
  return head.includes("|") && DELIMITERS.test(delimiters) && cellsOf(head).length === cellsOf(delimiters).length;
};

function readTable(lines: readonly string[], at: number): Read {
  const head = cellsOf(lines[at] ?? "");
  let until = at + 2;
  while (lines[until]?.includes("|")) until += 1;
  const rows = lines.slice(at + 2, until).map((line) => {
    const cells = cellsOf(line);
    return head.map((_, column) => cells[column] ?? "");
  });
  return { block: { at, is: "table", head, align: cellsOf(lines[at + 1] ?? "").map(alignOf), rows }, until };
}

function alignOf(delimiter: string): Align {
  if (delimiter.endsWith(":")) return delimiter.startsWith(":") ? "center" : "right";
  return delimiter.startsWith(":") ? "left" : null;
}

const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

function readParagraph(lines: readonly string[], at: number, depth: number): Read {
  let until = at + 1;
  const goesOn = (line: string | undefined) => line?.trim() && (depth >= DEEPEST || !beginsBlock(line));
  while (goesOn(lines[until]) && !isTable(lines, until)) until += 1;
  const text = lines.slice(at, until).map((line) => line.trimStart());
  return { block: { at, is: "paragraph", text: text.join("\n").trimEnd() }, until };
}
