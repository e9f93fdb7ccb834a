/** The marks within a line of Markdown, as data: nothing here can become HTML. */

export type Inline = { at: number } & (
  | { is: "text"; text: string }
  | { is: "break" }
  | { is: "code"; text: string }
  | { is: "strong" | "em" | "struck"; inside: Inline[] }
  | { is: "link"; url: string; inside: Inline[] }
  | { is: "cite"; numbers: number[] }
);

type Made = Inline extends infer One ? (One extends Inline ? Omit<One, "at"> : never) : never;
type Mark = [pattern: RegExp, make: (found: RegExpExecArray, depth: number) => Made];

const DEEPEST = 8; // marks within marks; what lies deeper is shown as it was written
const LONGEST = 4000; // characters between two marks, so that marks which nobody closes cost no square of time
const PLACES = ["https:", "http:", "mailto:"];

const ANY = "[\\s\\S]";

const within = (text: string | undefined, depth: number): Inline[] => inlinesOf(text ?? "", depth + 1);
const between = (mark: string, content: string) =>
  new RegExp(`${mark}(?!\\s)(${content}{1,${LONGEST}}?)(?<!\\s)${mark}(?!\\*)`, "y");
const NO_WORD_BEFORE = "(?<![\\p{L}\\p{N}])";
const NO_WORD_BEHIND = "(?![\\p{L}\\p{N}_])";
const amongWords = (mark: string, content: string) =>
  new RegExp(`${NO_WORD_BEFORE}${between(mark, content).source}${NO_WORD_BEHIND}`, "uy");

/** What may begin at a character, the first that fits. */
const MARKS: readonly Mark[] = [
  [/\\([!-/:-@[-`{-~])/y, ([, text = ""]) => ({ is: "text", text })],
  [/(?: {2,}|\\)?\n/y, () => ({ is: "break" })],
  [
    new RegExp(`(\`+)(?!\`)(${ANY}{1,${LONGEST}}?)(?<!\`)\\1(?!\`)`, "y"),
    ([, , text = ""]) => ({ is: "code", text: text.replace(/^ (.*\S.*) $/, "$1") }),
  ],
  [between("\\*\\*\\*", ANY), ([, text], depth) => ({ is: "strong", inside: within(`*${text}*`, depth) })],
  [between("\\*\\*", ANY), ([, text], depth) => ({ is: "strong", inside: within(text, depth) })],
  [amongWords("__", ANY), ([, text], depth) => ({ is: "strong", inside: within(text, depth) })],
  [between("\\*", "(?:\\*\\*|[^*])"), ([, text], depth) => ({ is: "em", inside: within(text, depth) })],
  [amongWords("_", "(?:__|[^_])"), ([, text], depth) => ({ is: "em", inside: within(text, depth) })],
  [between("~~", ANY), ([, text], depth) => ({ is: "struck", inside: within(text, depth) })],
  [
    /\[(\d{1,4}(?:\s?[,;]\s?\d{1,4}){0,20})\](?!\()/y,
    ([, numbers = ""]) => ({ is: "cite", numbers: numbers.split(/[,;]/).map(Number) }),
  ],
  // A picture is a link to itself: what an answer names is never fetched unasked.
  [
    /!?\[((?:[^[\]\\]|\\.){0,500})\]\(\s{0,9}<?([^\s<>()]{0,2000}(?:\([^\s<>()]{0,500}\)[^\s<>()]{0,500}){0,5})>?(?:\s{1,9}"[^"]{0,500}")?\s{0,9}\)/y,
    ([, text, url = ""], depth) => linkTo(url, within(text || url, depth)),
  ],
  [/<((?:https?:\/\/|mailto:)[^\s<>]{1,2000})>/y, ([, url = ""]) => linkTo(url, [{ at: 0, is: "text", text: url }])],
  [
    /https?:\/\/[^\s<>"\\`*]{0,2000}[^\s<>"\\`*.,;:!?)\]'_~]/y,
    ([url]) => linkTo(url, [{ at: 0, is: "text", text: url }]),
  ],
];
const PLAIN = /(?:(?!https?:\/\/| {2,}\n)[^\\`*_~[!<\n])+|[\s\S]/y;

/** The pieces of a text without line structure; line ends that stand in it are meant. */
export function inlinesOf(text: string, depth = 0): Inline[] {
  const pieces: Inline[] = [];
  for (let at = 0; at < text.length; ) {
    const [piece, length] = depth < DEEPEST ? next(text, at, depth) : [asText(text), text.length];
    const last = pieces.at(-1);
    if (piece.is === "text" && last?.is === "text") last.text += piece.text;
    else pieces.push({ ...piece, at });
    at += length;
  }
  return pieces;
}

const asText = (text: string): Made => ({ is: "text", text });

function next(text: string, at: number, depth: number): [Made, number] {
  for (const [pattern, make] of MARKS) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return [make(found, depth), found[0].length];
  }
  PLAIN.lastIndex = at;
  const plain = PLAIN.exec(text)?.[0] ?? "";
  return [asText(plain), plain.length];
}

/** A link where it leads somewhere that a browser may open; anything else (`javascript:`, say) is its words alone. */
function linkTo(url: string, inside: Inline[]): Made {
  const [only] = inside;
  if (URL.canParse(url) && PLACES.includes(new URL(url).protocol)) return { is: "link", url, inside };
  return inside.length === 1 && only?.is === "text" ? asText(only.text) : { is: "em", inside };
}
