import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { jobKeys } from "@/api/jobs";
import { type Announce, useAnnounce } from "@/ui/Announcer";
import { announcementOf } from "./announcement";
import { applyEvent } from "./apply";
import { type Connection, openStream } from "./socket";

const ConnectionContext = createContext<Connection>("connecting");
const MOVES = new Set(["job.started", "job.finished", "job.deleted"]);
const REFETCH_LISTS_EVERY_MS = 1000; // a manifest of thousands is one refetch a second, not thousands

/** How the live stream stands. */
export const useConnection = (): Connection => useContext(ConnectionContext);

/** While the stream is down, what is shown is asked for every few seconds instead. */
export function usePolling(): number | false {
  return useConnection() === "live" ? false : 5000;
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const [connection, setConnection] = useState<Connection>("connecting");
  useEffect(() => follow(client, announce, setConnection), [client, announce]);
  return <ConnectionContext.Provider value={connection}>{children}</ConnectionContext.Provider>;
}

function follow(client: QueryClient, announce: Announce, onConnection: (connection: Connection) => void): () => void {
  let timer: number | undefined;
  const refetchListsSoon = () => {
    timer ??= window.setTimeout(() => {
      timer = undefined;
      void client.invalidateQueries({ queryKey: jobKeys.lists });
    }, REFETCH_LISTS_EVERY_MS);
  };
  const close = openStream({
    onConnection,
    onGap: () => client.invalidateQueries(),
    onEvent: (event) => {
      const spoken = announcementOf(client, event);
      // A list that is being fetched may have been read before this event and would overwrite it.
      const isOvertaken = MOVES.has(event.type) && client.isFetching({ queryKey: jobKeys.lists }) > 0;
      if (!applyEvent(client, event) || isOvertaken) refetchListsSoon();
      if (spoken) announce(spoken);
    },
  });
  return () => {
    window.clearTimeout(timer);
    close();
  };
}
