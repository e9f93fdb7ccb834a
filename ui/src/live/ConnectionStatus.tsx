import { CloudOff, type LucideIcon, Radio, RefreshCw } from "lucide-react";
import { useConnection } from "./LiveProvider";
import type { Connection } from "./socket";

const LOOKS: Record<Connection, { label: string; icon: LucideIcon; colour: string }> = {
  connecting: { label: "Connecting", icon: RefreshCw, colour: "text-quiet" },
  live: { label: "Live", icon: Radio, colour: "text-good" },
  "catching-up": { label: "Catching up", icon: RefreshCw, colour: "text-quiet" },
  away: { label: "Catching up", icon: RefreshCw, colour: "text-warn" },
  reconnecting: { label: "Reconnecting", icon: RefreshCw, colour: "text-warn" },
  offline: { label: "Offline", icon: CloudOff, colour: "text-bad" },
};

/** Whether what is shown moves by itself right now. */
export function ConnectionStatus() {
  const { label, icon: Icon, colour } = LOOKS[useConnection()];
  return (
    <p role="status" title={label} className={`flex items-center gap-1.5 text-sm ${colour}`}>
      <Icon aria-hidden="true" className="size-4" />
      <span className="sr-only sm:not-sr-only">{label}</span>
    </p>
  );
}
