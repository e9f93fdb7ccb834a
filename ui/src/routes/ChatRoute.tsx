import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { conversationQuery, conversationsQuery, messagesQuery } from "@/api/conversations";
import { asProblem } from "@/api/problem";
import { ConversationList } from "@/chat/ConversationList";
import { NewConversation } from "@/chat/NewConversation";
import { OpenConversation } from "@/chat/OpenConversation";
import { titleOf } from "@/chat/titles";
import { usePolling } from "@/live/usePolling";
import { ErrorNote, Loading } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";
import { useSettled } from "@/ui/useSettled";

const CALM_MS = 300; // between the last letter and the search

/** The chat: the conversations on the left, the open one on the right. */
export function ChatRoute() {
  const { id = null } = useParams();
  return (
    <main
      id="main"
      className="mx-auto grid max-w-7xl gap-x-8 gap-y-3 px-3 pt-4 sm:px-6 lg:grid-cols-[18rem_minmax(0,1fr)]"
    >
      <Conversations current={id} />
      <section aria-label="Conversation" className="flex min-h-[calc(100dvh-4.6rem)] min-w-0 flex-col">
        {id === null ? <Beginning /> : <Opened key={id} id={id} />}
      </section>
    </main>
  );
}

function Beginning() {
  usePageTitle("Chat");
  return <NewConversation />;
}

function Conversations({ current }: { current: string | null }) {
  const [words, setWords] = useState("");
  const asked = useSettled(words.trim(), CALM_MS);
  const list = useInfiniteQuery({ ...conversationsQuery(asked), placeholderData: (shown) => shown });
  const found = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <ConversationList
      conversations={found}
      current={current}
      words={words}
      onWords={setWords}
      onMore={list.hasNextPage ? () => void list.fetchNextPage() : null}
    >
      {list.isPending && <Loading what="the conversations" />}
      {list.isError && (
        <ErrorNote error={list.error} title="The conversations could not be loaded" onRetry={list.refetch} />
      )}
      {list.data && !found.length && (
        <p role="status" className="py-2 text-center text-sm text-quiet">
          {noneOf(asked, list.hasNextPage)}
        </p>
      )}
    </ConversationList>
  );
}

/** Of long histories a page may have looked through a part without finding anything. */
function noneOf(words: string, hasMore: boolean): string {
  if (hasMore) return "None of the latest conversations holds these words.";
  return words ? "No conversation holds these words." : "No conversation yet.";
}

function Opened({ id }: { id: string }) {
  const polling = usePolling();
  const conversation = useQuery(conversationQuery(id));
  const messages = useInfiniteQuery({
    ...messagesQuery(id),
    refetchInterval: ({ state: { data } }) =>
      polling(
        data?.pages.some(({ items }) => items.some(({ state }) => state === "queued" || state === "running")) ?? false,
      ),
  });
  usePageTitle(conversation.data ? titleOf(conversation.data) : "Chat");
  const error = conversation.error ?? (messages.data ? null : messages.error);
  if (error)
    return <Missing error={error} onRetry={() => void Promise.all([conversation.refetch(), messages.refetch()])} />;
  if (!conversation.data || !messages.data) return <Loading what="the conversation" />;
  return (
    <OpenConversation
      conversation={conversation.data}
      messages={messages.data.pages.toReversed().flatMap(({ items }) => items)}
      onEarlier={messages.hasNextPage ? () => void messages.fetchNextPage() : null}
    />
  );
}

function Missing({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const isGone = asProblem(error).status === 404;
  return (
    <>
      <h1 className="mb-4 font-display text-2xl">
        {isGone ? "There is no such conversation" : "The conversation could not be loaded"}
      </h1>
      <ErrorNote error={error} {...(!isGone && { onRetry })} />
    </>
  );
}
