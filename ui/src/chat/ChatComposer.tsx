import { Mic, SendHorizontal, Square } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import type { Question } from "@/api/conversations";
import type { ConversationSettings } from "@/api/types";
import { DraftFiles } from "@/composer/DraftFiles";
import { UnderWay } from "@/composer/RecordingStages";
import { useDroppedFiles } from "@/composer/useDroppedFiles";
import { useRecorder } from "@/composer/useRecorder";
import { Button, IconButton } from "@/ui/Button";
import { WarningNote } from "@/ui/Notes";
import { AttachButton } from "./AttachButton";
import { MessageBox } from "./MessageBox";
import { NotSent } from "./NotSent";
import { useChatDraft } from "./useChatDraft";

export type Said = Omit<Question, "parent_id">;

interface Props {
  /** Whose draft it is. */
  conversation: string;
  memory: ConversationSettings["memory"];
  error: Error | null;
  isSending: boolean;
  /** Stops the reply that is being written; null while none is. */
  onStop: (() => void) | null;
  onSend: (said: Said, onAccepted: () => void) => void;
}

/** What is said next: written, spoken, with files. */
export function ChatComposer({ conversation, memory, error, isSending, onStop, onSend }: Props) {
  const draft = useChatDraft(conversation);
  const isMemoryUsual = memory === "always";
  const [isMemoryWanted, setMemoryWanted] = useState(isMemoryUsual);
  const [isSpoken, setSpoken] = useState(false); // what was recorded is sent as soon as the server has it
  const { recording, start, stop, discard } = useRecorder((file) => {
    draft.uploads.add([file]);
    setSpoken(true);
  });
  useDroppedFiles(draft.uploads.add);
  const isReady = draft.isSaid && !draft.isUploading && !isSending && onStop === null;
  const send = () => {
    const files = draft.uploads.stored.map(({ id }) => id);
    const said = { text: draft.text, files, ...(isMemoryWanted !== isMemoryUsual && { memory: isMemoryWanted }) };
    if (isReady) onSend(said, draft.clear);
  };
  useEffect(() => {
    if (!isSpoken || draft.isUploading) return;
    setSpoken(false);
    if (!draft.isIncomplete) send();
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  return (
    <form onSubmit={onSubmit} aria-label="Say something" className="sticky bottom-0 space-y-2 bg-paper pb-3">
      {error && <NotSent error={error} />}
      {recording.state === "refused" && (
        <div role="alert">
          <WarningNote>{recording.why}</WarningNote>
        </div>
      )}
      <div className="rounded-2xl border border-edge bg-panel p-2">
        <div className="-mt-2 max-h-56 overflow-y-auto not-empty:mb-2">
          <DraftFiles uploads={draft.uploads} />
        </div>
        {recording.state === "recording" ? (
          <UnderWay recording={recording} stop="Stop and send" onStop={() => void stop()} onDiscard={discard}>
            <p className="sr-only" role="status">
              Recording.
            </p>
          </UnderWay>
        ) : (
          <MessageBox text={draft.text} isReadOnly={isSending} onChange={draft.setText} />
        )}
        <div className="mt-1 flex flex-wrap items-center gap-1">
          <AttachButton onFiles={draft.uploads.add} />
          <IconButton
            icon={Mic}
            label="Speak"
            disabled={recording.state === "recording" || recording.state === "asking"}
            onClick={() => void start()}
          />
          {memory !== "never" && <MemorySwitch isOn={isMemoryWanted} onChange={setMemoryWanted} />}
          <p className="ml-auto hidden text-xs text-quiet md:block">Shift + Enter begins a line.</p>
          <div className="ml-auto md:ml-2">
            {onStop ? (
              <Button icon={Square} onClick={onStop}>
                Stop
              </Button>
            ) : (
              <Button type="submit" look="primary" icon={SendHorizontal} disabled={!isReady}>
                {isSending ? "Sending…" : "Send"}
              </Button>
            )}
          </div>
        </div>
      </div>
    </form>
  );
}

function MemorySwitch({ isOn, onChange }: { isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className="flex min-h-9 items-center gap-2 px-2 text-sm">
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ target }) => onChange(target.checked)}
        className="size-4 accent-accent"
      />
      Use the memory
    </label>
  );
}
