import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import type { Conversation, ConversationSettings, PostedMessage } from "./types";

/** The pipeline whose jobs write replies. */
export const REPLY = "chat.reply";
/** The pipeline whose jobs read them aloud. */
export const SPEAK = "audio.speak";

const PAGE_SIZE = 30;

export const conversationKeys = {
  lists: ["conversations"] as const,
  list: (words: string) => ["conversations", words] as const,
  ones: ["conversation"] as const,
  one: (id: string) => ["conversation", id] as const,
  allMessages: ["messages"] as const,
  messages: (id: string) => ["messages", id] as const,
};

/** The conversations, the last used first, a page at a time; `words` that they hold, all where there are none. */
export function conversationsQuery(words: string) {
  return infiniteQueryOptions({
    queryKey: conversationKeys.list(words),
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE_SIZE, ...(words && { q: words }), ...(pageParam && { cursor: pageParam }) };
      return dataOf(api.GET("/api/v1/conversations", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

const ofConversation = (id: string) => ({ path: { conversation_id: id } });
const ofMessage = (id: string, message_id: string) => ({ path: { conversation_id: id, message_id } });
const once = (key: string) => ({ header: { "Idempotency-Key": key } });

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: conversationKeys.one(id),
    queryFn: ({ signal }) =>
      dataOf(api.GET("/api/v1/conversations/{conversation_id}", { params: ofConversation(id), signal })),
  });
}

/** The messages of all branches, a page of the newest first; each page has its oldest first. */
export function messagesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: conversationKeys.messages(id),
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? {} : { cursor: pageParam };
      return dataOf(
        api.GET("/api/v1/conversations/{conversation_id}/messages", {
          params: { ...ofConversation(id), query },
          signal,
        }),
      );
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export const beginConversation = (settings: ConversationSettings): Promise<Conversation> =>
  dataOf(api.POST("/api/v1/conversations", { body: { settings } }));

export type ConversationChange = { title: string } | { settings: ConversationSettings };

export const changeConversation = (id: string, body: ConversationChange): Promise<Conversation> =>
  dataOf(api.PATCH("/api/v1/conversations/{conversation_id}", { params: ofConversation(id), body }));

/** Delete a conversation with its messages; a reply that is being written is cancelled. */
export const deleteConversation = (id: string): Promise<unknown> =>
  dataOf(api.DELETE("/api/v1/conversations/{conversation_id}", { params: ofConversation(id) }));

export interface Question {
  text: string;
  files: string[];
  /** The reply that it follows; null at the beginning. */
  parent_id: string | null;
  /** Whether the memory is asked for this one; left out: as the conversation has it. */
  memory?: boolean;
}

/** Ask. The same `key` again answers what the first one asked, here as below. */
export const ask = (id: string, body: Question, key: string): Promise<PostedMessage> =>
  dataOf(
    api.POST("/api/v1/conversations/{conversation_id}/messages", {
      params: { ...ofConversation(id), ...once(key) },
      body,
    }),
  );

/** Have another reply written beside this one. */
export const regenerate = (id: string, messageId: string, key: string): Promise<PostedMessage> =>
  dataOf(
    api.POST("/api/v1/conversations/{conversation_id}/messages/{message_id}/regenerate", {
      params: { ...ofMessage(id, messageId), ...once(key) },
      body: {},
    }),
  );

/** Ask something else in place of a question, which stays beside it with all that followed. */
export const editQuestion = (
  id: string,
  messageId: string,
  body: { text: string; files?: string[] },
  key: string,
): Promise<PostedMessage> =>
  dataOf(
    api.POST("/api/v1/conversations/{conversation_id}/messages/{message_id}/edit", {
      params: { ...ofMessage(id, messageId), ...once(key) },
      body,
    }),
  );

/** Something was written in a conversation: an event does not tell in which, so all that are shown are asked for again. */
export function refetchConversations(client: QueryClient): void {
  const { lists, ones, allMessages } = conversationKeys;
  for (const queryKey of [lists, ones, allMessages]) void client.invalidateQueries({ queryKey });
}
