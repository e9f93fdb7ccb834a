import { type FormEvent, useState } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "@/ui/Button";
import { focusOn } from "@/ui/focusOn";

interface Props {
  /** What the box is called. */
  label: string;
  text?: string;
  yes: string;
  onSave: (text: string) => Promise<unknown>;
  onLeave: () => void;
}

/** Write or rewrite a note. What was written stays until it is kept, also where that failed. */
export function NoteForm({ label, text: before = "", yes, onSave, onLeave }: Props) {
  const [text, setText] = useState(before);
  const [error, setError] = useState<unknown>(null);
  const [isPending, setIsPending] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsPending(true);
    setError(null);
    await onSave(text.trim()).then(onLeave, setError);
    setIsPending(false);
  };
  return (
    <form onSubmit={(event) => void save(event)} className="w-full space-y-2">
      <textarea
        ref={focusOn}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={({ key }) => key === "Escape" && onLeave()}
        aria-label={label}
        rows={3}
        className="field"
      />
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={isPending || !text.trim()}>
          {yes}
        </Button>
        <Button onClick={onLeave}>Leave it</Button>
      </div>
      {error !== null && (
        <p role="alert" className="text-sm text-bad">
          {asProblem(error).message}
        </p>
      )}
    </form>
  );
}
