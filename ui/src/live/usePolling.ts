import { useState } from "react";
import { useConnection } from "./LiveProvider";
import type { Connection } from "./socket";

const WITHOUT_EVENTS_MS = 5000;
const BESIDE_EVENTS_MS = 20_000;

/**
 * How often to ask for what is shown: calmly while no events come, and beside them now and then for what is under way,
 * since the event that ends it may be lost. Each page has a pace of its own, or all would ask at the same moment.
 */
export function usePolling(): (isUnderWay: boolean) => number | false {
  const connection = useConnection();
  const [pace] = useState(() => 1 + Math.random());
  return (isUnderWay) => pollingMs(connection, isUnderWay, pace);
}

/** `pace` is 1 for the fastest page. */
function pollingMs(connection: Connection, isUnderWay: boolean, pace: number): number | false {
  if (connection !== "live") return WITHOUT_EVENTS_MS * pace;
  return isUnderWay && BESIDE_EVENTS_MS * pace;
}
