import { PanelLeft, Plus, Search } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import type { Conversation } from "@/api/types";
import { Button } from "@/ui/Button";
import { ConversationRow } from "./ConversationRow";

interface Props {
  conversations: readonly Conversation[];
  /** The id of the one that is open. */
  current: string | null;
  words: string;
  onWords: (words: string) => void;
  /** Loads more; null where that is all. */
  onMore: (() => void) | null;
  /** What stands instead while there is nothing to list. */
  children?: ReactNode;
}

/** The conversations, the last used first; on a narrow page they are folded away. */
export function ConversationList({ conversations, current, words, onWords, onMore, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <nav aria-label="Conversations" className="lg:sticky lg:top-4 lg:self-start">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          look="quiet"
          icon={PanelLeft}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="lg:hidden"
        >
          Conversations
        </Button>
        <Link
          to="/chat"
          className="inline-flex min-h-9 items-center gap-1.5 rounded-lg border border-edge bg-panel px-3 text-sm font-medium hover:bg-sunken lg:w-full lg:justify-center"
        >
          <Plus aria-hidden="true" className="size-4" /> New conversation
        </Link>
      </div>
      <div className={`mt-3 space-y-2 lg:block ${isOpen ? "" : "hidden"}`}>
        <label className="relative block">
          <Search aria-hidden="true" className="absolute top-3 left-3 size-4 text-quiet" />
          <input
            type="search"
            value={words}
            onChange={({ target }) => onWords(target.value)}
            aria-label="Search conversations"
            placeholder="Search"
            className="field pl-9! placeholder:text-quiet"
          />
        </label>
        {children}
        <ul className="max-h-[70vh] space-y-0.5 overflow-y-auto">
          {conversations.map((conversation) => (
            <ConversationRow
              key={conversation.id}
              conversation={conversation}
              isCurrent={conversation.id === current}
              onOpen={() => setOpen(false)}
            />
          ))}
        </ul>
        {onMore && (
          <Button look="quiet" className="w-full" onClick={onMore}>
            More
          </Button>
        )}
      </div>
    </nav>
  );
}
