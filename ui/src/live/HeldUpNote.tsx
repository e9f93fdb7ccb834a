import { notifyManager, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { isAskedToWait, whyHeldUp } from "@/api/askingAgain";

/** Says why what is shown may be old, while the server has this page wait. */
export function HeldUpNote() {
  const client = useQueryClient();
  const subscribe = useCallback(
    (onChange: () => void) => client.getQueryCache().subscribe(notifyManager.batchCalls(onChange)),
    [client],
  );
  const why = useSyncExternalStore(subscribe, () => heldUp(client));
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

/** Why a query that is looked at waits; null where none does. */
function heldUp(client: QueryClient): string | null {
  for (const query of client.getQueryCache().getAll()) {
    const { fetchStatus, fetchFailureReason: reason } = query.state;
    if (fetchStatus !== "idle" && isAskedToWait(reason) && query.isActive()) return whyHeldUp(reason);
  }
  return null;
}
