import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

const NEAR_PX = 120;

/**
 * Keep the end of the page in sight while what `ref` is set on grows, unless the reader went up; `lastId` names what
 * stands last, and a new one is gone to.
 */
export function useStayAtEnd(lastId: string | undefined): RefObject<HTMLOListElement> {
  const ref = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const list = ref.current;
    if (!list) return;
    let lastY = window.scrollY;
    const look = () => {
      const isNear = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - NEAR_PX;
      const wentUp = window.scrollY < lastY; // the end may also have moved on since this page went there
      if (isNear || wentUp) isAtEnd.current = isNear;
      lastY = window.scrollY;
    };
    const grown = new ResizeObserver(() => isAtEnd.current && goToEnd());
    grown.observe(list);
    window.addEventListener("scroll", look, { passive: true });
    return () => {
      grown.disconnect();
      window.removeEventListener("scroll", look);
    };
  }, []);
  useLayoutEffect(() => {
    if (lastId === undefined) return;
    isAtEnd.current = true;
    goToEnd();
  }, [lastId]);
  return ref;
}

const goToEnd = () => window.scrollTo({ top: document.documentElement.scrollHeight });
