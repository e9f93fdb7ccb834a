import { Pencil, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { deleteNote, rewriteNote } from "@/api/memory";
import { asProblem } from "@/api/problem";
import type { Memory } from "@/api/types";
import { IconButton } from "@/ui/Button";
import { moment } from "@/ui/format";
import { NoteForm } from "./NoteForm";
import { useMemoryChange } from "./useMemoryChange";

/** What its owner wrote at a memory: to be rewritten and deleted. */
export function Notes({ notes }: { notes: readonly Memory[] }) {
  if (notes.length === 0) return null;
  return (
    <section aria-label="Notes">
      <ul className="space-y-2">
        {notes.map((note) => (
          <NoteRow key={note.id} note={note} />
        ))}
      </ul>
    </section>
  );
}

function NoteRow({ note }: { note: Memory }) {
  const [isOpen, setIsOpen] = useState<boolean | null>(null); // null: it never was
  const row = useRef<HTMLLIElement>(null);
  const goToTitle = () => row.current?.closest("main")?.querySelector("h1")?.focus({ preventScroll: true });
  const rewrite = useMemoryChange(
    (text: string) => rewriteNote(note.id, text),
    () => "The note is changed.",
  );
  const remove = useMemoryChange(deleteNote, () => "The note is deleted.");
  if (isOpen)
    return (
      <li>
        <NoteForm
          label="The note"
          text={note.text}
          yes="Keep the change"
          onSave={rewrite.mutateAsync}
          onLeave={() => setIsOpen(false)}
        />
      </li>
    );
  return (
    <li ref={row} className="flex items-start gap-2 rounded-lg border-l-4 border-accent bg-sunken py-2 pr-2 pl-3">
      <div className="min-w-0 flex-1">
        <p className="whitespace-pre-line">{note.text}</p>
        <p className="text-sm text-quiet">{moment(note.created_at)}</p>
        {remove.error && (
          <p role="alert" className="text-sm text-bad">
            {asProblem(remove.error).message}
          </p>
        )}
      </div>
      <IconButton
        icon={Pencil}
        label={`Change the note: ${note.text}`}
        onClick={() => setIsOpen(true)}
        autoFocus={isOpen === false}
      />
      <IconButton
        icon={Trash2}
        label={`Delete the note: ${note.text}`}
        disabled={remove.isPending}
        onClick={() => {
          goToTitle(); // the button goes with its note
          remove.mutate(note.id);
        }}
      />
    </li>
  );
}
