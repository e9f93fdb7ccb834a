import { useRef } from "react";
import { newKey } from "@/api/key";

/**
 * Ask with a key that is the same until an answer comes: where one got lost on its way, asking the same again does
 * nothing twice.
 */
export function useOnce() {
  const keys = useRef(new Map<string, string>());
  return async <T>(asked: unknown, send: (key: string) => Promise<T>): Promise<T> => {
    const name = JSON.stringify(asked);
    const key = keys.current.get(name) ?? newKey();
    keys.current.set(name, key);
    const answer = await send(key);
    keys.current.delete(name);
    return answer;
  };
}
