/** The colour of each panel: sound, picture, text; anything else takes the accent. */
const KIND_COLOURS: Record<string, string> = { audio: "text-sound", image: "text-picture", text: "text-text" };

export const colourOf = (pipeline: string): string => KIND_COLOURS[pipeline.split(".")[0] ?? ""] ?? "text-accent";
