import { Pencil } from "lucide-react";
import { useState } from "react";
import type { ChatMessage } from "@/api/types";
import { Button } from "@/ui/Button";
import { type Edit, EditForm } from "./EditForm";
import { MessageFiles } from "./MessageFiles";

interface Props {
  message: ChatMessage;
  /** Nothing can be asked now. */
  isBusy: boolean;
  onEdit: (edit: Edit, onAccepted: () => void) => void;
}

/** What the user said; edited, it is asked anew beside what it was. */
export function QuestionView({ message, isBusy, onEdit }: Props) {
  const [isEdited, setEdited] = useState(false);
  const { text, files } = message;
  // It stays open until what it asks stands in the place of this one: what does not get through is not lost.
  if (isEdited) return <EditForm message={message} isBusy={isBusy} onCancel={() => setEdited(false)} onSend={onEdit} />;
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
