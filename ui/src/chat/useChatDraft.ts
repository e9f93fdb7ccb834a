import { type Uploads, useUploads } from "@/composer/useUploads";
import { keep, useKept } from "@/ui/useKept";

export interface ChatDraft {
  text: string;
  setText: (text: string) => void;
  uploads: Uploads;
  /** Whether there is something to ask: words, or a recording that says them. */
  isSaid: boolean;
  /** Whether a file is still on its way to the server. */
  isUploading: boolean;
  /** Whether a file did not get there. */
  isIncomplete: boolean;
  /** What was written is said; also when the page moves on in the same moment. */
  clear: () => void;
}

/** What is being written to a conversation; it outlives the page, and stays until it was accepted. */
export function useChatDraft(conversation: string): ChatDraft {
  const [textKey, filesKey] = [`triptych.chat.text.${conversation}`, `triptych.chat.files.${conversation}`];
  const [text, setText] = useKept(textKey, "");
  const uploads = useUploads(filesKey);
  const clear = () => {
    setText("");
    uploads.release(uploads.stored.map(({ id }) => id));
    keep(textKey, "");
    keep(filesKey, []);
  };
  return {
    text,
    setText,
    uploads,
    isSaid: text.trim() !== "" || uploads.stored.some(({ media_type }) => media_type.startsWith("audio/")),
    isUploading: uploads.pending.some(({ problem }) => problem === null),
    isIncomplete: uploads.pending.some(({ problem }) => problem !== null),
    clear,
  };
}
