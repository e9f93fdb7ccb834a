import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { ask, conversationKeys, editQuestion, type Question, regenerate } from "@/api/conversations";
import { newKey } from "@/api/key";
import type { ChatMessage, ChatMessagePage, PostedMessage } from "@/api/types";
import type { Edit } from "./EditForm";
import { useOnce } from "./useOnce";

export type Asking =
  | { what: "ask"; question: Question }
  | { what: "edit"; messageId: string; edit: Edit }
  | { what: "regenerate"; messageId: string };

/**
 * Ask in a conversation: something new, something else in place of a question, or for another reply. `onAsked` hears of
 * what was accepted once it stands among the messages.
 */
export function useAsking(id: string, onAsked: (asked: PostedMessage) => void) {
  const client = useQueryClient();
  const once = useOnce();
  const refetch = () => {
    void client.invalidateQueries({ queryKey: conversationKeys.messages(id) });
    void client.invalidateQueries({ queryKey: conversationKeys.lists });
  };
  return useMutation({
    mutationFn: (asking: Asking) =>
      // What was written still stands there and is sent again; who presses Regenerate again wants yet another reply.
      asking.what === "regenerate" ? send(id, asking, newKey()) : once(asking, (key) => send(id, asking, key)),
    onSuccess: (asked) => {
      placeMessages(client, id, [asked.message, asked.reply]);
      onAsked(asked);
    },
    onSettled: refetch, // an answer that got lost may have been a yes
  });
}

function send(id: string, asking: Asking, key: string): Promise<PostedMessage> {
  switch (asking.what) {
    case "ask":
      return ask(id, asking.question, key);
    case "edit":
      return editQuestion(id, asking.messageId, asking.edit, key);
    case "regenerate":
      return regenerate(id, asking.messageId, key);
  }
}

/** Put messages that the API just answered with at the end of those that are cached. */
function placeMessages(client: QueryClient, id: string, fresh: readonly ChatMessage[]): void {
  client.setQueryData<InfiniteData<ChatMessagePage, string | null>>(conversationKeys.messages(id), (old) => {
    const [newest, ...older] = old?.pages ?? [];
    if (!old || !newest) return old;
    const added = fresh.filter((one) => !old.pages.some(({ items }) => items.some((held) => held.id === one.id)));
    return { ...old, pages: [{ ...newest, items: [...newest.items, ...added] }, ...older] };
  });
}
