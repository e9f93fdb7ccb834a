import { useEffect, useState } from "react";
import { useConnection } from "./LiveProvider";
import type { Connection } from "./socket";

const CALM_MS = 4000; // a connection that is back by then was hardly away

const WORDS: Record<Connection, string | null> = {
  connecting: null,
  live: null,
  "catching-up": null,
  away: "Catching up: live news is away, so this page asks every few seconds. Jobs are accepted, and none is lost.",
  reconnecting:
    "Catching up: the connection is lost. This page asks every few seconds and comes back by itself; what was accepted goes on.",
  offline: "This device has no network. What was accepted goes on, and this page catches up when the network is back.",
};

/** What it means that nothing moves by itself, once that lasts. */
export function ConnectionNote() {
  const connection = useConnection();
  const words = WORDS[connection];
  const [lasting, setLasting] = useState<Connection | null>(null);
  useEffect(() => {
    const timer = window.setTimeout(() => setLasting(connection), CALM_MS);
    return () => window.clearTimeout(timer);
  }, [connection]);
  return (
    <div role="status" aria-label="Live news">
      {words && lasting === connection && (
        <p className="border-b border-warn bg-warn-soft px-3 py-2 text-center text-sm sm:px-6">{words}</p>
      )}
    </div>
  );
}
