import { fenceBehind } from "./fences";

const GOES_ON = /^(?:[ \t]|[-*+](?:[ \t]|$)|\d{1,9}[.)])/; // what may belong to a list that began before an empty line
const DEFINITION = /^ {0,3}\[[^\]\n]{1,200}\]:/m; // of a link or a footnote: it counts wherever the text names it

/**
 * A Markdown text in pieces that mean the same when they are parsed apart, so that of a text that grows only the last
 * one is parsed again. Joined by line ends they are the text.
 */
export function piecesOf(text: string): string[] {
  if (DEFINITION.test(text)) return [text];
  const pieces: string[][] = [[]];
  let fence = "";
  let wasEmpty = false;
  for (const line of text.split("\n")) {
    if (!fence && wasEmpty && line.trim() && !GOES_ON.test(line)) pieces.push([]);
    pieces.at(-1)?.push(line);
    wasEmpty = !line.trim();
    fence = fenceBehind(line, fence);
  }
  return pieces.map((lines) => lines.join("\n"));
}
