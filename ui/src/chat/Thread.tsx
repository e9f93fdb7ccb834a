import { useMutation, useQueryClient } from "@tanstack/react-query";
import { refetchConversations } from "@/api/conversations";
import { cancelJob } from "@/api/jobs";
import type { ChatMessage, Conversation } from "@/api/types";
import { refetchJob } from "@/live/lists";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/Notes";
import { useKept } from "@/ui/useKept";
import { branchOf, type Choices, placeOf, type Shown } from "./branches";
import { ChatComposer } from "./ChatComposer";
import { MessageItem } from "./MessageItem";
import { useAsking } from "./useAsking";
import { useStayAtEnd } from "./useStayAtEnd";

interface Props {
  conversation: Conversation;
  /** Of all branches, oldest first. */
  messages: readonly ChatMessage[];
  /** Loads messages before these; null where there are none. */
  onEarlier: (() => void) | null;
}

/** A conversation's messages along one branch, and what is said next. */
export function Thread({ conversation, messages, onEarlier }: Props) {
  const { id, settings } = conversation;
  const [choices, setChoices] = useKept<Choices>(`triptych.chat.branch.${id}`, {});
  const choose = (...chosen: ChatMessage[]) =>
    setChoices((old) => ({ ...old, ...Object.fromEntries(chosen.map((one) => [placeOf(one), one.id])) }));
  const asking = useAsking(id, ({ message, reply }) => choose(message, reply));
  const stop = useStop();
  const branch = branchOf(messages, choices);
  const last = branch.at(-1)?.message;
  const isReplying = last?.state === "queued" || last?.state === "running";
  const end = useStayAtEnd(last?.id);
  const chooseFrom =
    ({ siblings }: Shown) =>
    (chosen: string) =>
      choose(...siblings.filter((one) => one.id === chosen));
  return (
    <>
      {onEarlier && (
        <Button className="mx-auto flex" onClick={onEarlier}>
          Earlier messages
        </Button>
      )}
      <ol ref={end} aria-label="Messages" className="grow space-y-6 py-4">
        {branch.map((shown) => (
          // Not by its own id: the arrows stay, and with them the focus, when another message takes the place.
          <li key={placeOf(shown.message)}>
            <MessageItem
              shown={shown}
              isSpoken={settings.speak}
              isBusy={isReplying || asking.isPending}
              onChoose={chooseFrom(shown)}
              onEdit={(messageId, edit, onAccepted) =>
                asking.mutate({ what: "edit", messageId, edit }, { onSuccess: onAccepted })
              }
              onRegenerate={(messageId) => asking.mutate({ what: "regenerate", messageId })}
            />
          </li>
        ))}
      </ol>
      {stop.isError && <ErrorNote error={stop.error} title="The reply was not stopped" />}
      <ChatComposer
        key={id}
        conversation={id}
        memory={settings.memory}
        error={asking.error}
        isSending={asking.isPending}
        onStop={isReplying && last.job_id !== null ? () => stop.mutate(last.job_id ?? "") : null}
        onSend={(said, onAccepted) =>
          asking.mutate({ what: "ask", question: { ...said, parent_id: last?.id ?? null } }, { onSuccess: onAccepted })
        }
      />
    </>
  );
}

/** What was written until then stays the reply. */
function useStop() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: cancelJob,
    onSuccess: ({ id }) => {
      refetchJob(client, id);
      refetchConversations(client);
    },
  });
}
