/**
 * What is drawn as Markdown at all. Parsers of CommonMark need seconds for a few thousand characters that are meant to be
 * hard: marks that nobody closes, quotes within quotes, tables of empty cells. Texts for people have few of them; what
 * goes beyond these bounds is shown as the words it is.
 */
import { fenceBehind } from "./fences";

const LONGEST = 50_000; // characters; language models stop long before
const MOST_MARKS = 1500; // that may open or close something: what they cost grows with their square
const MOST_CELLS = 5000; // a line of text is one, and all lines of a table have as many as its first
const DEEPEST = 12; // quotes and lists that begin in one line

const MARK = /[*_~[\]]|=+|-+/g;
const DEEP = new RegExp(`^(?:[ \\t]*(?:>|[-*+](?=[ \\t])|\\d{1,9}[.)])){${DEEPEST + 1}}`, "m");
// HTML, and code within lists: what follows may be code for us and none for the parser.
const UNSURE = /^ {0,3}<|^[ \t]+(?:```|~~~)/;

/** Whether `text` can be drawn in bounded work. */
export function isDrawable(text: string): boolean {
  if (text.length > LONGEST) return false;
  const lines = linesOutsideCode(text);
  const columns = lines.reduce((most, line) => Math.max(most, line.split("|").length - 1), 1);
  const parsed = lines.join("\n");
  const marks = parsed.match(MARK)?.length ?? 0;
  return marks <= MOST_MARKS && columns * lines.length <= MOST_CELLS && !DEEP.test(parsed);
}

/** The lines that a parser looks into: code between fences is long and full of marks, and costs it nothing. */
export function linesOutsideCode(text: string): string[] {
  let fence = "";
  let isSure = true;
  return text.split("\n").filter((line) => {
    const wasCode = fence !== "";
    isSure &&= wasCode || !UNSURE.test(line);
    fence = isSure ? fenceBehind(line, fence) : "";
    return !wasCode;
  });
}
