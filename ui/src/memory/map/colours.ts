/** The colours of the page for what draws on a canvas, which knows no style sheets. */
import { useEffect, useState } from "react";

const NAMES = ["sound", "picture", "text", "ink", "paper"] as const;
export type Colours = Record<(typeof NAMES)[number], string>;

/** The colours as they are now: they change with the system's theme and with the page's own. */
export function useColours(): Colours {
  const [colours, setColours] = useState(read);
  useEffect(() => {
    const reread = () => setColours(read());
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const page = new MutationObserver(reread);
    system.addEventListener("change", reread);
    page.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      system.removeEventListener("change", reread);
      page.disconnect();
    };
  }, []);
  return colours;
}

/** A token may be `light-dark()`, which is a colour only where an element has it. */
function read(): Colours {
  const probe = document.body.appendChild(document.createElement("span"));
  const colour = (name: string) => {
    probe.style.color = `var(--color-${name})`;
    return [name, getComputedStyle(probe).color] as const;
  };
  const colours = Object.fromEntries(NAMES.map(colour)) as Colours;
  probe.remove();
  return colours;
}
