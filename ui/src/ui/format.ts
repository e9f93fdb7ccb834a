/** Numbers and times as people read them. */

const UNITS = ["B", "KB", "MB", "GB"];

export function bytes(size: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(size, 1)) / 3), UNITS.length - 1);
  const amount = size / 1000 ** step;
  return `${step === 0 ? amount : amount.toFixed(1)} ${UNITS[step]}`;
}

/** So many of something: 1 line, 2 lines. */
export const count = (amount: number, noun: string, nouns = `${noun}s`): string =>
  `${amount.toLocaleString()} ${amount === 1 ? noun : nouns}`;

/** A position in a recording: 1:05, or 1:01:05 past the hour. */
export function timecode(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** How long something takes, roughly: 40 s, 3 min, 2 h. */
export function duration(seconds: number): string {
  if (seconds < 1) return "under 1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** An estimate, told no finer than it is good: 8 s, 40 s, 3 min. */
export function roughly(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 90 ? `${Math.round(seconds / 5) * 5} s` : duration(seconds);
}

/** The time of day today, else the date too. */
export function moment(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const sameDay = at.toDateString() === now.toDateString();
  return at.toLocaleString(undefined, sameDay ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}

/** The time of day to the second. */
export const clock = (iso: string): string => new Date(iso).toLocaleTimeString(undefined, { timeStyle: "medium" });
