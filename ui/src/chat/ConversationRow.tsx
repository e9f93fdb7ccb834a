import { Pencil, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import type { Conversation } from "@/api/types";
import { Button, IconButton } from "@/ui/Button";
import { moment } from "@/ui/format";
import { titleOf } from "./titles";
import { useChange, useDeletion } from "./useConversation";

type Stage = "shown" | "renamed" | "deleted";

interface Props {
  conversation: Conversation;
  isCurrent: boolean;
  onOpen: () => void;
}

/** A conversation of the list: open, rename, delete. */
export function ConversationRow({ conversation, isCurrent, onOpen }: Props) {
  const [stage, setStage] = useState<Stage>("shown");
  const change = useChange(conversation.id);
  const deletion = useDeletion(conversation, isCurrent);
  const title = titleOf(conversation);
  const error = change.error ?? deletion.error;
  const back = () => setStage("shown");
  return (
    <li className={`rounded-lg ${isCurrent ? "bg-sunken" : ""}`}>
      {stage === "shown" && (
        <div className="flex items-center">
          <Link
            to={`/chat/${conversation.id}`}
            aria-current={isCurrent ? "page" : undefined}
            onClick={onOpen}
            className="min-w-0 flex-1 rounded-lg px-2 py-1.5 hover:bg-sunken"
          >
            <span className="block truncate text-sm font-medium">{title}</span>
            <span className="block text-xs text-quiet">{moment(conversation.updated_at)}</span>
          </Link>
          <IconButton icon={Pencil} label={`Rename ${title}`} onClick={() => setStage("renamed")} />
          <IconButton icon={Trash2} label={`Delete ${title}`} onClick={() => setStage("deleted")} />
        </div>
      )}
      {stage === "renamed" && (
        <RenameForm
          title={conversation.title}
          onCancel={back}
          onRename={(next) => change.mutate({ title: next }, { onSuccess: back })}
        />
      )}
      {stage === "deleted" && (
        <fieldset aria-label={`Delete ${title}?`} className="space-y-2 p-2 text-sm">
          <p>Delete it with all its messages?</p>
          <Button look="danger" disabled={deletion.isPending} onClick={() => deletion.mutate()} autoFocus>
            Delete for good
          </Button>{" "}
          <Button onClick={back}>Keep</Button>
        </fieldset>
      )}
      {error && (
        <p role="alert" className="px-2 pb-1 text-sm text-bad">
          {asProblem(error).message}
        </p>
      )}
    </li>
  );
}

interface RenameFormProps {
  title: string;
  onCancel: () => void;
  onRename: (title: string) => void;
}

function RenameForm({ title, onCancel, onRename }: RenameFormProps) {
  const [draft, setDraft] = useState(title);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.trim()) onRename(draft.trim());
  };
  return (
    <form onSubmit={onSubmit} className="space-y-2 p-2">
      <input
        type="text"
        aria-label="Title"
        maxLength={200}
        value={draft}
        // biome-ignore lint/a11y/noAutofocus: the button that had the focus opened it
        autoFocus
        onChange={({ target }) => setDraft(target.value)}
        onKeyDown={({ key }) => key === "Escape" && onCancel()}
        className="field"
      />
      <Button type="submit" look="primary" disabled={!draft.trim()}>
        Rename
      </Button>{" "}
      <Button onClick={onCancel}>Leave it</Button>
    </form>
  );
}
