import { render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useStayAtEnd } from "@/chat/useStayAtEnd";

const VIEW_PX = 600;

/** A page of a browser that lays it out: how tall it is, and where the reader is. */
function page() {
  const laidOut = { heightPx: 1000, scrollPx: 400 };
  let tellGrown = () => {};
  vi.stubGlobal("innerHeight", VIEW_PX);
  vi.spyOn(window, "scrollY", "get").mockImplementation(() => laidOut.scrollPx);
  vi.spyOn(document.documentElement, "scrollHeight", "get").mockImplementation(() => laidOut.heightPx);
  vi.stubGlobal("scrollTo", ({ top }: { top: number }) => scrollTo(top - VIEW_PX));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(tell: () => void) {
        tellGrown = tell;
      }
      observe() {}
      disconnect() {}
    },
  );
  const scrollTo = (px: number, heightPx = laidOut.heightPx) => {
    Object.assign(laidOut, { scrollPx: Math.min(px, laidOut.heightPx - VIEW_PX), heightPx });
    window.dispatchEvent(new Event("scroll"));
  };
  const grow = (px: number) => {
    laidOut.heightPx += px;
    tellGrown();
  };
  return { laidOut, scrollTo, grow };
}
afterEach(() => vi.unstubAllGlobals());

function List({ lastId }: { lastId: string }) {
  return <ol ref={useStayAtEnd(lastId)} />;
}

test("the end stays in sight while the text grows, also where it moves on before the page has followed", () => {
  const { laidOut, scrollTo, grow } = page();
  render(<List lastId="r1" />);

  grow(50);
  scrollTo(laidOut.scrollPx, laidOut.heightPx + 300);
  grow(50);

  expect(laidOut.scrollPx).toBe(laidOut.heightPx - VIEW_PX);
});

test("whoever went up to read is left there, until something new is asked", () => {
  const { laidOut, scrollTo, grow } = page();
  const { rerender } = render(<List lastId="r1" />);
  scrollTo(100);

  grow(500);
  const whileReading = laidOut.scrollPx;
  rerender(<List lastId="r2" />);

  expect(whileReading).toBe(100);
  expect(laidOut.scrollPx).toBe(laidOut.heightPx - VIEW_PX);
});
