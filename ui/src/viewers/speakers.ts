/** How speakers are told from each other: by name always, and by a colour that helps. */
import type { Segment } from "./documents";

export interface SpeakerColour {
  text: string;
  edge: string;
}

// Tokens whose contrast holds in both themes; the seventh speaker has the first one's again, and another name.
const COLOURS: SpeakerColour[] = [
  { text: "text-sound", edge: "border-sound" },
  { text: "text-picture", edge: "border-picture" },
  { text: "text-text", edge: "border-text" },
  { text: "text-good", edge: "border-good" },
  { text: "text-bad", edge: "border-bad" },
  { text: "text-accent", edge: "border-accent" },
];

/** The colour of a speaker; none where nobody is known to speak. */
export function colourOf(speaker: string | undefined, speakers: string[] = []): SpeakerColour | null {
  const at = speaker === undefined ? -1 : speakers.indexOf(speaker);
  return COLOURS[at % COLOURS.length] ?? null;
}

/** Whether somebody begins to speak at this segment who did not speak at the one before. */
export function beginsTurn(segments: Segment[], at: number): boolean {
  const speaker = segments[at]?.speaker;
  return speaker !== undefined && speaker !== segments[at - 1]?.speaker;
}

/** The words alone, a line a segment; a turn begins with its speaker's name. */
export function asText(segments: Segment[]): string {
  return segments
    .map(({ speaker, text }, at) => (beginsTurn(segments, at) ? `${speaker}: ${text.trim()}` : text.trim()))
    .join("\n");
}
