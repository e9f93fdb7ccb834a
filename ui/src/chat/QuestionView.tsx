import { Pencil } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import type { ChatMessage } from "@/api/types";
import { Button } from "@/ui/Button";
import { MessageFiles } from "./MessageFiles";

interface Props {
  message: ChatMessage;
  /** Nothing can be asked now. */
  isBusy: boolean;
  onEdit: (text: string) => void;
}

/** What the user said; edited, it is asked anew beside what it was. */
export function QuestionView({ message, isBusy, onEdit }: Props) {
  const [isEdited, setEdited] = useState(false);
  const { text, files } = message;
  // It stays open until what it asks stands in the place of this one: what does not get through is not lost.
  if (isEdited) return <EditForm text={text} isBusy={isBusy} onCancel={() => setEdited(false)} onSend={onEdit} />;
  return (
    <div className="flex flex-col items-end gap-1">
      <div className="max-w-[85%] rounded-2xl rounded-br-sm border border-line bg-sunken px-4 py-2">
        {text ? <p className="whitespace-pre-wrap">{text}</p> : <p className="text-quiet">A spoken question</p>}
        <MessageFiles files={files} />
      </div>
      {!isBusy && (
        <Button look="quiet" icon={Pencil} onClick={() => setEdited(true)}>
          Edit
        </Button>
      )}
    </div>
  );
}

interface EditFormProps {
  text: string;
  isBusy: boolean;
  onCancel: () => void;
  onSend: (text: string) => void;
}

function EditForm({ text, isBusy, onCancel, onSend }: EditFormProps) {
  const [draft, setDraft] = useState(text);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel();
  };
  return (
    <form
      className="space-y-2"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(draft);
      }}
    >
      <textarea
        aria-label="Ask this instead"
        value={draft}
        rows={4}
        // biome-ignore lint/a11y/noAutofocus: the button that had the focus opened it
        autoFocus
        onChange={({ target }) => setDraft(target.value)}
        onKeyDown={onKey}
        className="field resize-y"
      />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Leave it</Button>
        <Button type="submit" look="primary" disabled={isBusy || !draft.trim()}>
          Ask this instead
        </Button>
      </div>
    </form>
  );
}
