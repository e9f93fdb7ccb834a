import { NotebookPen } from "lucide-react";
import { useState } from "react";
import { writeNote } from "@/api/memory";
import type { Memory, Source } from "@/api/types";
import { Button } from "@/ui/Button";
import { NoteForm } from "./NoteForm";
import { useMemoryChange } from "./useMemoryChange";

interface Props {
  source: Source;
  /** Whose place it is written at; null for the source as a whole. */
  memory: Memory | null;
}

/** A button that becomes a form: a note, which is remembered and found as everything else. */
export function NewNote({ memory, source }: Props) {
  const [isOpen, setIsOpen] = useState<boolean | null>(null); // null: it never was
  const write = useMemoryChange(
    (text: string) => writeNote(source.id, text, memory?.id ?? null),
    () => "The note is kept.",
  );
  if (isOpen)
    return (
      <NoteForm
        label={`Note at ${source.title}`}
        yes="Keep the note"
        onSave={write.mutateAsync}
        onLeave={() => setIsOpen(false)}
      />
    );
  return (
    <Button
      look="quiet"
      icon={NotebookPen}
      autoFocus={isOpen === false}
      aria-label={`Write a note at ${source.title}`}
      onClick={() => setIsOpen(true)}
    >
      Note
    </Button>
  );
}
