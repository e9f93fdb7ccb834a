import { useEffect, useRef } from "react";

/** Files dropped anywhere on the page, or pasted into it. */
export function useDroppedFiles(onFiles: (files: Iterable<File>) => void): void {
  const latest = useRef(onFiles);
  useEffect(() => {
    latest.current = onFiles;
  });
  useEffect(() => {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    window.addEventListener("dragover", (event) => event.preventDefault(), options);
    window.addEventListener("drop", (event) => take(event, event.dataTransfer, latest.current), options);
    window.addEventListener("paste", (event) => take(event, event.clipboardData, latest.current), options);
    return () => stop.abort();
  }, []);
}

function take(event: Event, carried: DataTransfer | null, onFiles: (files: Iterable<File>) => void): void {
  if (!carried?.files.length) return;
  event.preventDefault();
  onFiles([...carried.files]);
}
