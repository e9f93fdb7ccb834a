/** A live recording's socket: sends sound, comes back by itself where the connection breaks, and tells what is heard. */
import type { JobEvent } from "@/api/events";
import { ApiProblem } from "@/api/problem";
import type { JsonObject, ListenMessage } from "@/api/types";
import { Unacknowledged } from "./unacknowledged";

export interface LiveListener {
  onStarted: (jobId: string) => void;
  onEvent: (event: JobEvent) => void;
  /** Whether the server hears us this moment; what is said meanwhile is sent later. */
  onConnection: (isUp: boolean) => void;
  /** The recording has ended and is a file of the server's. */
  onKept: (jobId: string) => void;
  /** The server takes nothing more, and why. */
  onLost: (problem: ApiProblem) => void;
}

export interface LiveSocket {
  send: (samples: Int16Array<ArrayBuffer>) => void;
  /** Nothing more comes: `onKept` or `onLost` follows. */
  stop: () => void;
  /** Say nothing more, whatever the server says. */
  close: () => void;
}

const RETRY_MS = [500, 1000, 2000, 3000] as const;
const TOO_MUCH = new ApiProblem({ code: "unreachable", detail: "The server could not be reached for minutes." }, 0);

export function openLiveSocket(params: JsonObject, name: string, listener: LiveListener): LiveSocket {
  const held = new Unacknowledged();
  let socket: WebSocket;
  let jobId: string | null = null;
  let lastEvent: string | null = null;
  let isStarted = false; // on this connection
  let isStopping = false;
  let isOver = false;
  let failures = 0;
  let timer: number | undefined;

  const end = (tell: () => void) => {
    if (isOver) return;
    isOver = true;
    window.clearTimeout(timer);
    socket.close();
    tell();
  };
  const goOn = (receivedBytes: number) => {
    isStarted = true;
    failures = 0;
    for (const piece of held.behind(receivedBytes)) socket.send(piece);
    if (isStopping) socket.send(JSON.stringify({ type: "stop" }));
    listener.onConnection(true);
  };
  const onMessage = (message: ListenMessage) => {
    switch (message.type) {
      case "started":
        if (jobId === null) listener.onStarted(message.job_id);
        jobId = message.job_id;
        return goOn(message.received_bytes);
      case "received":
        return held.received(message.received_bytes);
      case "kept":
        return end(() => listener.onKept(jobId ?? ""));
      case "refused": {
        if (message.problem.status === 503) return; // for a moment: it closes, and is asked again
        // The word that it was kept may have been lost with the connection.
        const wasKept = isStopping && message.problem.code === "recording_ended" && jobId !== null;
        return end(() =>
          wasKept
            ? listener.onKept(jobId ?? "")
            : listener.onLost(new ApiProblem(message.problem, message.problem.status)),
        );
      }
      case "hello":
      case "resync":
        lastEvent = message.id || lastEvent;
        return;
      default:
        lastEvent = message.id;
        listener.onEvent(message);
    }
  };
  const connect = () => {
    isStarted = false;
    socket = new WebSocket(liveUrl());
    socket.binaryType = "arraybuffer";
    socket.onopen = () =>
      socket.send(
        JSON.stringify(
          jobId === null ? { type: "start", name, params } : { type: "resume", job_id: jobId, after: lastEvent },
        ),
      );
    socket.onmessage = ({ data }) => onMessage(JSON.parse(String(data)) as ListenMessage);
    socket.onclose = () => {
      if (isOver) return;
      isStarted = false;
      listener.onConnection(false);
      timer = window.setTimeout(connect, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
      failures += 1;
    };
  };
  connect();
  return {
    send: (samples) => {
      const piece = new Uint8Array(samples.buffer);
      if (isOver) return;
      if (!held.add(piece)) end(() => listener.onLost(TOO_MUCH));
      else if (isStarted) socket.send(piece);
    },
    stop: () => {
      isStopping = true;
      if (isStarted) socket.send(JSON.stringify({ type: "stop" }));
    },
    close: () => end(() => undefined),
  };
}

function liveUrl(): string {
  const url = new URL("/api/v1/listen", window.location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}
