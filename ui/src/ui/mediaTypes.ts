/** Media types in words. */

const NAMES: Record<string, string> = {
  "application/json": "Data (JSON)",
  "application/pdf": "Document (PDF)",
  "application/vnd.triptych.audio-analysis+json": "Sound analysis data (JSON)",
  "application/vnd.triptych.embedding+json": "Embedding data (JSON)",
  "application/vnd.triptych.entities+json": "Names data (JSON)",
  "application/vnd.triptych.image-analysis+json": "Analysis data (JSON)",
  "application/vnd.triptych.map+json": "Map data (JSON)",
  "application/vnd.triptych.page+json": "Lines and their places (JSON)",
  "application/vnd.triptych.transcript+json": "Transcript data (JSON)",
  "application/x-subrip": "Subtitles (SRT)",
  "audio/mpeg": "Sound (MP3)",
  "audio/webm": "Sound (WebM)",
  "audio/mp4": "Sound (M4A)",
  "image/jpeg": "Picture (JPEG)",
  "text/markdown": "Text (Markdown)",
  "text/plain": "Text",
  "text/vtt": "Subtitles (WebVTT)",
  "video/webm": "Film (WebM)",
  "video/quicktime": "Film (MOV)",
  "video/x-matroska": "Film (MKV)",
};
const FAMILIES: Record<string, string> = { audio: "Sound", image: "Picture", text: "Text", video: "Film" };

/** What a file is, for people: "Sound (WAV)". A type that nobody named is told as it is. */
export function kindOfFile(mediaType: string): string {
  const bare = mediaType.split(";", 1)[0]?.trim() ?? "";
  const [family = "", format = ""] = bare.split("/");
  const known = FAMILIES[family] && `${FAMILIES[family]} (${format.replace(/^x-/, "").toUpperCase()})`;
  return NAMES[bare] ?? known ?? bare;
}
