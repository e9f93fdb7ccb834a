import { createContext, type ReactNode, useCallback, useContext, useState } from "react";

export type Announce = (message: string) => void;

const AnnounceContext = createContext<Announce>(() => undefined);

/** Tell a screen reader of a change that happens away from the focus. */
export const useAnnounce = (): Announce => useContext(AnnounceContext);

/** Holds the one live region of the page. */
export function Announcer({ children }: { children: ReactNode }) {
  const [spoken, setSpoken] = useState({ message: "", count: 0 });
  const announce = useCallback((message: string) => setSpoken(({ count }) => ({ message, count: count + 1 })), []);
  return (
    <AnnounceContext.Provider value={announce}>
      {children}
      <div aria-live="polite" className="sr-only">
        {/* A new key makes the same words spoken again. */}
        <p key={spoken.count}>{spoken.message}</p>
      </div>
    </AnnounceContext.Provider>
  );
}
