import { Paperclip, X } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import type { ChatMessage } from "@/api/types";
import { DraftFiles } from "@/composer/DraftFiles";
import { useUploads } from "@/composer/useUploads";
import { Button, IconButton } from "@/ui/Button";
import { keep } from "@/ui/useKept";
import { AttachButton } from "./AttachButton";

/** What is asked instead; without `files` those that the question has. */
export interface Edit {
  text: string;
  files?: string[];
}

interface Props {
  message: ChatMessage;
  isBusy: boolean;
  onCancel: () => void;
  onSend: (edit: Edit, onAccepted: () => void) => void;
}

/** Another wording of a question, and other files with it. */
export function EditForm({ message, isBusy, onCancel, onSend }: Props) {
  const [text, setText] = useState(message.text);
  const files = useFiles(message);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel();
  };
  const isReady = !isBusy && !files.isUploading && (text.trim() !== "" || files.isSpoken);
  return (
    <form
      className="space-y-2"
      onSubmit={(event) => {
        event.preventDefault();
        onSend({ text, ...(files.isChanged && { files: files.ids }) }, files.clear);
      }}
    >
      <textarea
        aria-label="Ask this instead"
        value={text}
        rows={4}
        // biome-ignore lint/a11y/noAutofocus: the button that had the focus opened it
        autoFocus
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKey}
        className="field resize-y"
      />
      <KeptFiles files={files.kept} onRemove={files.remove} />
      <DraftFiles uploads={files.uploads} />
      <div className="flex items-center gap-2">
        <AttachButton what="Attach files to this question" onFiles={files.uploads.add} />
        <Button className="ml-auto" onClick={onCancel}>
          Leave it
        </Button>
        <Button type="submit" look="primary" disabled={!isReady}>
          Ask this instead
        </Button>
      </div>
    </form>
  );
}

type File = ChatMessage["files"][number];

/** The files that go with the edited question: those of the question that are still there, and new ones. */
function useFiles(message: ChatMessage) {
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const key = `triptych.chat.edit.${message.id}`;
  const uploads = useUploads(key);
  const kept = message.files.filter(({ file_id }) => file_id !== null && !removed.includes(file_id));
  const all = [...kept, ...uploads.stored];
  return {
    kept,
    uploads,
    ids: [...kept.flatMap(({ file_id }) => file_id ?? []), ...uploads.stored.map(({ id }) => id)],
    /** They belong to what was asked now; also when the form is gone in the same moment. */
    clear: () => {
      uploads.release(uploads.stored.map(({ id }) => id));
      keep(key, []);
    },
    remove: (id: string) => setRemoved((old) => [...old, id]),
    isChanged: removed.length > 0 || uploads.stored.length > 0,
    isUploading: uploads.pending.some(({ problem }) => problem === null),
    isSpoken: all.some(({ media_type }) => media_type.startsWith("audio/")),
  };
}

function KeptFiles({ files, onRemove }: { files: readonly File[]; onRemove: (id: string) => void }) {
  if (!files.length) return null;
  return (
    <ul aria-label="Files of the question" className="flex flex-wrap gap-2">
      {files.map(({ file_id, name }) => (
        <li
          key={file_id}
          className="inline-flex max-w-full items-center gap-1.5 rounded-lg border border-line bg-paper pl-2 text-sm"
        >
          <Paperclip aria-hidden="true" className="size-4 shrink-0 text-quiet" />
          <span className="truncate">{name}</span>
          <IconButton icon={X} label={`Remove ${name}`} onClick={() => onRemove(file_id ?? "")} />
        </li>
      ))}
    </ul>
  );
}
