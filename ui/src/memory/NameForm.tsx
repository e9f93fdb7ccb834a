import { type FormEvent, useState } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "@/ui/Button";

interface Props {
  label: string;
  name?: string;
  yes: string;
  onName: (name: string) => Promise<unknown>;
}

/** Asks for the name of a collection. */
export function NameForm({ label, name: before = "", yes, onName }: Props) {
  const [name, setName] = useState(before);
  const [error, setError] = useState<unknown>(null);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    await onName(name.trim()).then(() => setName(before), setError);
  };
  return (
    <form onSubmit={(event) => void send(event)} className="flex flex-wrap items-center gap-1">
      <input
        value={name}
        onChange={({ target }) => setName(target.value)}
        maxLength={128}
        aria-label={label}
        placeholder={before ? undefined : "New collection"}
        className="field h-9 min-h-0! w-44! text-sm"
      />
      <Button type="submit" disabled={!name.trim() || name.trim() === before}>
        {yes}
      </Button>
      {error !== null && (
        <p role="alert" className="w-full text-sm text-bad">
          {asProblem(error).message}
        </p>
      )}
    </form>
  );
}
