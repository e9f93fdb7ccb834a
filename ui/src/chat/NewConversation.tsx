import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useNavigate } from "react-router";
import { ask, beginConversation, conversationKeys } from "@/api/conversations";
import type { Conversation, ConversationSettings } from "@/api/types";
import { keep, useKept } from "@/ui/useKept";
import { ChatComposer, type Said } from "./ChatComposer";
import { ChatHeader } from "./ChatHeader";
import { titleOf } from "./titles";
import { useOnce } from "./useOnce";

const SETTINGS = "triptych.chat.settings";
const AS_IT_COMES: ConversationSettings = { memory: "always", system: "", model: "", temperature: 0.2, speak: false };

/** A conversation that begins with its first question: until that is accepted there is none to be listed. */
export function NewConversation() {
  const [settings, setSettings] = useKept(SETTINGS, AS_IT_COMES);
  const beginning = useBeginning(settings);
  return (
    <>
      <ChatHeader
        title={titleOf({ title: "" })}
        settings={settings}
        isSaving={false}
        onSave={(next, onSaved) => {
          setSettings(next);
          onSaved();
        }}
      />
      <p className="mx-auto max-w-prose grow py-12 text-center text-quiet">
        Ask about what Triptych has heard, seen and read, or attach recordings, pictures and documents and ask about
        those. Replies cite what they rest on.
      </p>
      <ChatComposer
        conversation="new"
        memory={settings.memory}
        error={beginning.error}
        isSending={beginning.isPending}
        onStop={null}
        onSend={(said, onAccepted) => beginning.mutate({ said, onAccepted })}
      />
    </>
  );
}

interface Beginning {
  said: Said;
  onAccepted: () => void;
}

/** Begin the conversation and ask in it; where the question is refused the next try asks in the same one. */
function useBeginning(settings: ConversationSettings) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const once = useOnce();
  const begun = useRef<Conversation | null>(null);
  return useMutation({
    mutationFn: async ({ said }: Beginning) => {
      begun.current ??= await beginConversation(settings);
      const { id } = begun.current;
      await once(said, (key) => ask(id, { ...said, parent_id: null }, key));
      return begun.current;
    },
    onSuccess: (conversation, { onAccepted }) => {
      onAccepted();
      keep(SETTINGS, AS_IT_COMES);
      client.setQueryData(conversationKeys.one(conversation.id), conversation);
      void client.invalidateQueries({ queryKey: conversationKeys.lists });
      navigate(`/chat/${conversation.id}`);
    },
  });
}
