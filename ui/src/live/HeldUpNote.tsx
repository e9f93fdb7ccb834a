import { notifyManager, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { isAskedToWait, whyHeldUp } from "@/api/askingAgain";

const LINGER_MS = 2000; // news of jobs has lists asked anew each second, and nothing is known until the answer

/** Says why what is shown may be old, while the server has this page wait. */
export function HeldUpNote() {
  const client = useQueryClient();
  const subscribe = useCallback(
    (onChange: () => void) => client.getQueryCache().subscribe(notifyManager.batchCalls(onChange)),
    [client],
  );
  const why = useLingering(useSyncExternalStore(subscribe, () => heldUp(client)));
  return (
    <div role="status" aria-label="Waiting for the server">
      {why && (
        <p className="border-b border-edge bg-sunken px-3 py-2 text-center text-sm text-quiet sm:px-6">
          {why} What is shown stays, and this page goes on by itself.
        </p>
      )}
    </div>
  );
}

/** The words, for a while after they are gone too: they do not come and go with each request. */
function useLingering(words: string | null): string | null {
  const [last, setLast] = useState(words);
  if (words !== null && words !== last) setLast(words);
  useEffect(() => {
    if (words !== null) return;
    const timer = window.setTimeout(() => setLast(null), LINGER_MS);
    return () => window.clearTimeout(timer);
  }, [words]);
  return last;
}

/** Why a query that is looked at waits; null where none does. */
function heldUp(client: QueryClient): string | null {
  for (const query of client.getQueryCache().getAll()) {
    const { fetchStatus, fetchFailureReason: reason } = query.state;
    if (fetchStatus !== "idle" && isAskedToWait(reason) && query.isActive()) return whyHeldUp(reason);
  }
  return null;
}
