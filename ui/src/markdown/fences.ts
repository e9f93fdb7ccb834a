const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;

/** The fence around code that is open behind `line`, where `open` was before it; empty where none is. */
export function fenceBehind(line: string, open: string): string {
  const mark = FENCE.exec(line)?.[1] ?? "";
  if (!open) return mark;
  const closes = mark.startsWith(open) && line.trim() === mark;
  return closes ? "" : open;
}
