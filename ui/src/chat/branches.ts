/** A conversation as a tree: which of its branches is shown. */
import type { ChatMessage } from "@/api/types";

/** The message that is shown behind a parent, by the parent's id. */
export type Choices = Readonly<Record<string, string>>;

/** A message of the branch that is shown, among those that stand in its place on others. */
export interface Shown {
  message: ChatMessage;
  siblings: readonly ChatMessage[];
}

const BEGINNING = ""; // stands for the parent of what has none, or none that is loaded

/**
 * The branch that is shown, its first message first: behind each message the chosen one, or where none was chosen the
 * one that the newest message hangs on. `messages`: of all branches, oldest first.
 */
export function branchOf(messages: readonly ChatMessage[], choices: Choices): Shown[] {
  const newest = newestBelow(messages);
  const byParent = childrenOf(messages);
  const shown: Shown[] = [];
  let siblings = byParent.get(BEGINNING);
  while (siblings) {
    const chosen = siblings.find((one) => one.id === choices[placeOf(one)]);
    const message = chosen ?? siblings.reduce((a, b) => (Number(newest.get(a.id)) > Number(newest.get(b.id)) ? a : b));
    shown.push({ message, siblings });
    siblings = byParent.get(message.id);
  }
  return shown;
}

/** Where a message stands, as a choice names it. */
export const placeOf = ({ parent_id }: ChatMessage): string => parent_id ?? BEGINNING;

function childrenOf(messages: readonly ChatMessage[]): Map<string, ChatMessage[]> {
  const byParent = new Map<string, ChatMessage[]>();
  const loaded = new Set(messages.map(({ id }) => id));
  for (const message of messages) {
    const parent = message.parent_id !== null && loaded.has(message.parent_id) ? message.parent_id : BEGINNING;
    byParent.set(parent, [...(byParent.get(parent) ?? []), message]);
  }
  return byParent;
}

/** The place in `messages` of the newest at or below each. */
function newestBelow(messages: readonly ChatMessage[]): Map<string, number> {
  const newest = new Map(messages.map(({ id }, place) => [id, place]));
  for (const { id, parent_id } of messages.toReversed())
    if (parent_id !== null) newest.set(parent_id, Math.max(newest.get(parent_id) ?? 0, newest.get(id) ?? 0));
  return newest;
}
