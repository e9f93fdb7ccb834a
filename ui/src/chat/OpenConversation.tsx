import type { ChatMessage, Conversation } from "@/api/types";
import { ErrorNote } from "@/ui/Notes";
import { ChatHeader } from "./ChatHeader";
import { Thread } from "./Thread";
import { titleOf } from "./titles";
import { useChange } from "./useConversation";

interface Props {
  conversation: Conversation;
  messages: readonly ChatMessage[];
  onEarlier: (() => void) | null;
}

/** A conversation: its title and settings, its messages, and what is said next. */
export function OpenConversation({ conversation, messages, onEarlier }: Props) {
  const change = useChange(conversation.id);
  return (
    <>
      <ChatHeader
        title={titleOf(conversation)}
        settings={conversation.settings}
        isSaving={change.isPending}
        onSave={(settings, onSaved) => change.mutate({ settings }, { onSuccess: onSaved })}
      >
        {change.isError && <ErrorNote error={change.error} title="The settings were not saved" />}
      </ChatHeader>
      <Thread conversation={conversation} messages={messages} onEarlier={onEarlier} />
    </>
  );
}
