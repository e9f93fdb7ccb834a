import { type FormEvent, type InputHTMLAttributes, useId, useState } from "react";
import { asProblem } from "@/api/problem";
import type { Entering } from "@/api/session";
import { Button } from "@/ui/Button";

type Field = keyof Entering;

interface Props {
  fields: readonly Field[];
  yes: string;
  /** Whether the password is one to think up. */
  isNew: boolean;
  onEnter: (asked: Entering) => Promise<void>;
}

const LABELS: Record<Field, string> = { email: "E-mail", name: "Your name", password: "Password" };
const INPUTS: Record<Field, InputHTMLAttributes<HTMLInputElement>> = {
  email: { type: "email", autoComplete: "username", maxLength: 254 },
  name: { type: "text", autoComplete: "name", maxLength: 100 },
  password: { type: "password", maxLength: 256 },
};
const NOTHING: Entering = { email: "", name: "", password: "" };

/** Asks who somebody is, and tells why they may not come in. */
export function EntryForm({ fields, yes, isNew, onEnter }: Props) {
  const [asked, setAsked] = useState(NOTHING);
  const [error, setError] = useState<unknown>(null);
  const [isSent, setIsSent] = useState(false);
  const id = useId();
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    setIsSent(true);
    await onEnter(asked).catch((problem: unknown) => {
      setError(problem);
      setIsSent(false);
    });
  };
  const password = { autoComplete: isNew ? "new-password" : "current-password", minLength: isNew ? 12 : 1 };
  return (
    <form onSubmit={(event) => void send(event)} className="flex flex-col gap-4">
      {fields.map((field) => (
        <label key={field} htmlFor={`${id}-${field}`} className="flex flex-col gap-1 text-sm">
          {LABELS[field]}
          <input
            {...INPUTS[field]}
            {...(field === "password" ? password : {})}
            id={`${id}-${field}`}
            required
            value={asked[field]}
            onChange={({ target }) => setAsked({ ...asked, [field]: target.value })}
            className="field text-base"
          />
        </label>
      ))}
      {isNew && <p className="text-sm text-quiet">A password has at least 12 characters: a few words will do.</p>}
      {error !== null && (
        <p role="alert" className="text-sm text-bad">
          {asProblem(error).message}
        </p>
      )}
      <Button type="submit" look="primary" disabled={isSent}>
        {yes}
      </Button>
    </form>
  );
}
