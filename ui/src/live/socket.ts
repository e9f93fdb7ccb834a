/** The live stream: one WebSocket that comes back by itself and continues after the last event it saw. */
import ReconnectingSocket from "partysocket/ws";
import type { JobEvent, SocketMessage } from "@/api/events";

export type Connection = "connecting" | "live" | "catching-up" | "reconnecting" | "offline";

export interface Listener {
  onEvent: (event: JobEvent) => void;
  /** Everything cached may be old: the stream begins here, or what came before is no longer held. */
  onGap: () => Promise<unknown>;
  onConnection: (connection: Connection) => void;
}

const JITTER_MS = 1000; // so that a restarted server is not met by every page at once

/** Open the stream; the returned function closes it for good. */
export function openStream(listener: Listener): () => void {
  let lastId: string | null = null;
  const url = () => socketUrl(lastId);
  const socket = new ReconnectingSocket(url, [], {
    minReconnectionDelay: 500 + Math.random() * JITTER_MS,
    maxReconnectionDelay: 8000 + Math.random() * JITTER_MS,
    reconnectionDelayGrowFactor: 1.6,
    connectionTimeout: 8000,
    maxEnqueuedMessages: 0,
  });

  const catchUp = async () => {
    listener.onConnection("catching-up");
    await listener.onGap().catch(() => undefined); // a failed refetch shows its own error
    if (socket.readyState === socket.OPEN) listener.onConnection("live");
  };
  const onMessage = (message: SocketMessage) => {
    if (message.type === "resync" || (message.type === "hello" && lastId === null)) {
      lastId = message.id;
      void catchUp();
    } else if (message.type === "hello") {
      listener.onConnection("live");
    } else {
      lastId = message.id;
      listener.onEvent(message);
    }
  };
  const onLost = () => listener.onConnection(navigator.onLine ? "reconnecting" : "offline");

  socket.addEventListener("message", (event) => onMessage(JSON.parse(String(event.data))));
  socket.addEventListener("close", onLost);
  window.addEventListener("offline", onLost);
  return () => {
    socket.removeEventListener("close", onLost);
    window.removeEventListener("offline", onLost);
    socket.close();
  };
}

function socketUrl(lastId: string | null): string {
  const url = new URL("/api/v1/socket", window.location.href);
  url.protocol = url.protocol.replace("http", "ws");
  if (lastId !== null) url.searchParams.set("after", lastId);
  return url.href;
}
