import { useEffect } from "react";

/** Name the page in the tab and in the history. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Triptych`;
  }, [title]);
}
