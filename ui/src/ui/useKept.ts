import { useEffect, useState } from "react";

/** State that comes back after a reload of this tab. `key` names it in sessionStorage and may change. */
export function useKept<T>(key: string, initial: T): [T, (next: T | ((old: T) => T)) => void] {
  const [kept, setKept] = useState(() => ({ key, value: read(key, initial) }));
  const current = kept.key === key ? kept : { key, value: read(key, initial) };
  if (current !== kept) setKept(current);
  useEffect(() => keep(current.key, current.value), [current.key, current.value]);
  const set = (next: T | ((old: T) => T)) =>
    setKept((old) => ({ key: old.key, value: next instanceof Function ? next(old.value) : next }));
  return [current.value, set];
}

/** Write what `useKept` will read. A component that is drawn already does not see it. */
export function keep(key: string, value: unknown): void {
  sessionStorage.setItem(key, JSON.stringify(value));
}

function read<T>(key: string, initial: T): T {
  const text = sessionStorage.getItem(key);
  return text === null ? initial : (JSON.parse(text) as T);
}
