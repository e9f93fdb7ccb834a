/** What modalities, kinds and rankings are called, and how they look: a new one is a compile error here. */
import { AudioLines, FileText, Image, type LucideIcon } from "lucide-react";
import type { Memory, MemoryKind, Modality, Ranking } from "@/api/types";
import { timecode } from "@/ui/format";

interface ModalityLook {
  label: string;
  icon: LucideIcon;
  colour: string;
}

export const MODALITIES: Record<Modality, ModalityLook> = {
  audio: { label: "Sound", icon: AudioLines, colour: "text-sound" },
  image: { label: "Pictures", icon: Image, colour: "text-picture" },
  text: { label: "Text", icon: FileText, colour: "text-text" },
};

export const KINDS: Record<MemoryKind, string> = {
  segment: "Spoken",
  passage: "Passage",
  line: "Read in a picture",
  labels: "Labels of a picture",
  picture: "Picture",
  title: "Name of a file",
  note: "Note",
};

export const RANKINGS: Record<Ranking, { label: string; meaning: string }> = {
  words: { label: "Words", meaning: "It holds words of the question" },
  meaning: { label: "Meaning", meaning: "It means something close to the question" },
  picture: { label: "Picture", meaning: "Its picture looks like what was asked for" },
};

export const MODALITY_NAMES = Object.keys(MODALITIES) as Modality[];
export const KIND_NAMES = Object.keys(KINDS) as MemoryKind[];

/** Where in its source a memory stands: a second, a page; empty where it is all of it. */
export function placeIn({ place }: Pick<Memory, "place">): string {
  const { start_s, page, speaker } = place;
  if (typeof start_s === "number")
    return typeof speaker === "string" ? `${timecode(start_s)}, ${speaker}` : timecode(start_s);
  return typeof page === "number" ? `page ${page}` : "";
}

/** A language's name in the browser's own; its code where that is no language. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: "language" }).of(code) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code;
    throw error;
  }
}
