import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { jobKeys } from "@/api/jobs";
import { refetchMemory } from "@/api/memory";
import { comeAgain } from "@/api/session";
import { type Announce, useAnnounce } from "@/ui/Announcer";
import { announcementOf, type Ending } from "./announcement";
import { applyEvent } from "./apply";
import { type Connection, openStream } from "./socket";

const ConnectionContext = createContext<Connection>("connecting");
const MOVES = new Set(["job.started", "job.finished", "job.deleted"]);
const REFETCH_LISTS_EVERY_MS = 1000; // a manifest of thousands is one refetch a second, not thousands
const REFETCH_MEMORY_EVERY_MS = 2000; // each job that is remembered ends with one of these jobs
const ANNOUNCE_EVERY_MS = 1000; // and so are the words on the ends of thousands

/** How the live stream stands. */
export const useConnection = (): Connection => useContext(ConnectionContext);

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const [connection, setConnection] = useState<Connection>("connecting");
  useEffect(() => follow(client, announce, setConnection), [client, announce]);
  return <ConnectionContext.Provider value={connection}>{children}</ConnectionContext.Provider>;
}

function follow(client: QueryClient, announce: Announce, onConnection: (connection: Connection) => void): () => void {
  const lists = soon(REFETCH_LISTS_EVERY_MS, () => void client.invalidateQueries({ queryKey: jobKeys.lists }));
  const memory = soon(REFETCH_MEMORY_EVERY_MS, () => refetchMemory(client));
  let endings: Ending[] = [];
  const words = soon(ANNOUNCE_EVERY_MS, () => {
    announce(announcementOf(client, endings));
    endings = [];
  });
  const close = openStream({
    onConnection,
    onGap: () => client.invalidateQueries(),
    onDismissed: () => comeAgain(client),
    onEvent: (event) => {
      // A list that is being fetched may have been read before this event and would overwrite it.
      const isOvertaken = MOVES.has(event.type) && client.isFetching({ queryKey: jobKeys.lists }) > 0;
      if (!applyEvent(client, event) || isOvertaken) lists.run();
      if (event.type !== "job.finished") return;
      if (event.pipeline.startsWith("memory.")) memory.run();
      if (event.parent_id) return; // whoever asked for it tells of its own end
      endings.push(event);
      words.run();
    },
  });
  return () => {
    lists.stop();
    memory.stop();
    words.stop();
    close();
  };
}

/** Do something within `ms`, once for all who ask until then. */
function soon(ms: number, act: () => void) {
  let timer: number | undefined;
  return {
    run: () => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        act();
      }, ms);
    },
    stop: () => window.clearTimeout(timer),
  };
}
