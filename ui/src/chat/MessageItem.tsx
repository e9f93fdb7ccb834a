import { RefreshCw } from "lucide-react";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/viewers/CopyButton";
import { BranchArrows } from "./BranchArrows";
import type { Shown } from "./branches";
import type { Edit } from "./EditForm";
import { QuestionView } from "./QuestionView";
import { ReplyView } from "./ReplyView";

interface Props {
  shown: Shown;
  /** Whether replies are to be read aloud. */
  isSpoken: boolean;
  /** Whether something is being asked or written: nothing can be asked besides. */
  isBusy: boolean;
  onChoose: (id: string) => void;
  onEdit: (id: string, edit: Edit, onAccepted: () => void) => void;
  onRegenerate: (id: string) => void;
}

/** One message, what may be done with it, and the way to the others in its place. */
export function MessageItem({ shown, isSpoken, isBusy, onChoose, onEdit, onRegenerate }: Props) {
  const { message } = shown;
  if (message.role === "user")
    return (
      <article aria-label="You">
        <h2 className="sr-only">You</h2>
        <QuestionView
          key={message.id}
          message={message}
          isBusy={isBusy}
          onEdit={(edit, onAccepted) => onEdit(message.id, edit, onAccepted)}
        />
        <div className="flex justify-end">
          <BranchArrows shown={shown} what="question" onChoose={onChoose} />
        </div>
      </article>
    );
  const isWritten = message.state !== "queued" && message.state !== "running";
  return (
    <article aria-label="Reply">
      <h2 className="sr-only">Reply</h2>
      <ReplyView key={message.id} message={message} isSpoken={isSpoken} />
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {isWritten && message.text && <CopyButton what="reply" text={message.text} />}
        {isWritten && (
          <Button look="quiet" icon={RefreshCw} disabled={isBusy} onClick={() => onRegenerate(message.id)}>
            Regenerate
          </Button>
        )}
        <BranchArrows shown={shown} what="reply" onChoose={onChoose} />
      </div>
    </article>
  );
}
