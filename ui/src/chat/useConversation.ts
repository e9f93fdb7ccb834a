import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { type ConversationChange, changeConversation, conversationKeys, deleteConversation } from "@/api/conversations";
import type { Conversation } from "@/api/types";
import { useAnnounce } from "@/ui/Announcer";
import { titleOf } from "./titles";

/** Change a conversation's title or settings. */
export function useChange(id: string) {
  const client = useQueryClient();
  const announce = useAnnounce();
  return useMutation({
    mutationFn: (change: ConversationChange) => changeConversation(id, change),
    onSuccess: (changed) => {
      client.setQueryData(conversationKeys.one(id), changed);
      announce("Saved.");
      return client.invalidateQueries({ queryKey: conversationKeys.lists });
    },
  });
}

/** Delete a conversation; the page goes on with a new one where it is the one that is open. */
export function useDeletion(conversation: Conversation, isCurrent: boolean) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => deleteConversation(conversation.id),
    onSuccess: () => {
      announce(`${titleOf(conversation)} is deleted.`);
      if (isCurrent) navigate("/chat");
      return client.invalidateQueries({ queryKey: conversationKeys.lists });
    },
  });
}
