/** The live stream: one WebSocket that comes back by itself and continues after the last event it saw. */
import ReconnectingSocket from "partysocket/ws";
import type { JobEvent, SocketMessage } from "@/api/events";

/** `away`: the server is there, but has no events to tell. */
export type Connection = "connecting" | "live" | "catching-up" | "away" | "reconnecting" | "offline";

export interface Listener {
  onEvent: (event: JobEvent) => void;
  /** Everything cached may be old: the stream begins here, or what came before is no longer held. */
  onGap: () => Promise<unknown>;
  onConnection: (connection: Connection) => void;
  /** Whoever opened the stream is not known any more: it does not come back. */
  onDismissed: () => void;
}

const UNAUTHENTICATED = 4401; // docs/api.md, "Events"
const GAP_SPREAD_MS = 2000; // every page hears of a gap at the same moment

/** Open the stream; the returned function closes it for good. */
export function openStream(listener: Listener, random: () => number = Math.random): () => void {
  let lastId: string | null = null; // empty: the server knows no place to go on from
  let gaps = 0;
  const socket = new ReconnectingSocket(() => socketUrl(lastId), [], waits(random));

  const catchUp = async (id: string, isGreeting: boolean) => {
    gaps += 1;
    const gap = gaps;
    listener.onConnection(id === "" ? "away" : "catching-up");
    if (!isGreeting) await pause(random() * GAP_SPREAD_MS);
    await listener.onGap().catch(() => undefined); // a failed refetch shows its own error
    const isLatest = gap === gaps && socket.readyState === socket.OPEN;
    if (isLatest && id !== "") listener.onConnection("live");
  };
  const onMessage = (message: SocketMessage, isGreeting: boolean) => {
    if (message.type === "resync" || (message.type === "hello" && lastId === null)) {
      lastId = message.id;
      void catchUp(message.id, isGreeting);
    } else if (message.type === "hello") {
      listener.onConnection("live");
    } else if (message.type !== "refused") {
      lastId = message.id;
      if ("job_id" in message) listener.onEvent(message); // of batches nothing is shown yet
    }
  };
  let isGreeted = false;
  const onLost = ({ code }: { code: number }) => {
    gaps += 1; // whoever is catching up has no say any more
    isGreeted = false;
    if (code === UNAUTHENTICATED) {
      socket.close();
      return listener.onDismissed();
    }
    listener.onConnection(navigator.onLine ? "reconnecting" : "offline");
  };
  const seeWhetherItIsThere = () => socket.reconnect(); // a connection may be dead and not know it

  socket.addEventListener("message", (event) => {
    onMessage(JSON.parse(String(event.data)), !isGreeted);
    isGreeted = true;
  });
  socket.addEventListener("close", onLost);
  window.addEventListener("offline", seeWhetherItIsThere);
  window.addEventListener("online", seeWhetherItIsThere);
  return () => {
    socket.removeEventListener("close", onLost);
    window.removeEventListener("offline", seeWhetherItIsThere);
    window.removeEventListener("online", seeWhetherItIsThere);
    socket.close();
  };
}

/**
 * How long to wait before coming back. Drawn anew for each try, as the socket reads its options at each: pages that lost
 * the server at one moment come back over seconds, and the longer it is away the further apart.
 */
function waits(random: () => number) {
  return {
    get minReconnectionDelay() {
      return 500 + random() * 2500;
    },
    get maxReconnectionDelay() {
      return 8000 + random() * 8000;
    },
    reconnectionDelayGrowFactor: 1.6,
    connectionTimeout: 8000,
    maxEnqueuedMessages: 0,
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function socketUrl(lastId: string | null): string {
  const url = new URL("/api/v1/socket", window.location.href);
  url.protocol = url.protocol.replace("http", "ws");
  if (lastId !== null) url.searchParams.set("after", lastId);
  return url.href;
}
