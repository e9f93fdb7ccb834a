import type { Conversation } from "@/api/types";

/** What a conversation is called; one is made of its first question as soon as that is answered. */
export const titleOf = ({ title }: Pick<Conversation, "title">): string => title || "New conversation";
