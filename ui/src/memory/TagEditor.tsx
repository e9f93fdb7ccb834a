import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, useId, useRef, useState } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import { tagSource, tagsQuery } from "@/api/sources";
import type { Source } from "@/api/types";
import { Button } from "@/ui/Button";
import { searchLink } from "./useAsked";
import { useMemoryChange } from "./useMemoryChange";

interface Change {
  tags: string[];
  told: string;
}

/** A source's tags: each leads to what else has it, and can be taken away; others can be added. */
export function TagEditor({ source }: { source: Source }) {
  const [text, setText] = useState("");
  const box = useRef<HTMLInputElement>(null);
  const known = useId();
  const all = useQuery(tagsQuery).data ?? [];
  const change = useMemoryChange(
    ({ tags }: Change) => tagSource(source.id, tags),
    ({ told }) => told,
  );
  const add = (event: FormEvent) => {
    event.preventDefault();
    const tag = text.trim().toLowerCase(); // as it is kept
    if (!tag || source.tags.includes(tag)) return setText("");
    const asked = { tags: [...source.tags, tag], told: `Tagged ${tag}.` };
    change.mutate(asked, { onSuccess: () => setText("") });
  };
  const remove = (tag: string) => {
    box.current?.focus(); // the button goes with its tag
    change.mutate({ tags: source.tags.filter((one) => one !== tag), told: `The tag ${tag} is removed.` });
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      {source.tags.length > 0 && (
        <ul aria-label={`Tags of ${source.title}`} className="flex flex-wrap gap-2 text-sm">
          {source.tags.map((tag) => (
            <li key={tag} className="inline-flex items-center rounded-full border border-line bg-sunken pl-3">
              <Link to={searchLink({ tag: [tag] })} aria-label={`All with the tag ${tag}`} className="hover:underline">
                {tag}
              </Link>
              <button
                type="button"
                aria-label={`Remove the tag ${tag} from ${source.title}`}
                onClick={() => remove(tag)}
                disabled={change.isPending}
                className="grid size-7 place-items-center rounded-full text-quiet hover:text-bad"
              >
                <X aria-hidden="true" className="size-3.5" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={add} className="flex items-center gap-1">
        <input
          ref={box}
          value={text}
          onChange={({ target }) => setText(target.value)}
          list={known}
          maxLength={64}
          aria-label={`New tag of ${source.title}`}
          placeholder="New tag"
          className="field h-9 min-h-0! w-32! text-sm"
        />
        <datalist id={known}>
          {all.map(({ tag }) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
        <Button type="submit" look="quiet" icon={Plus} disabled={change.isPending || !text.trim()}>
          Tag
        </Button>
      </form>
      {change.error && (
        <p role="alert" className="w-full text-sm text-bad">
          {asProblem(change.error).message}
        </p>
      )}
    </div>
  );
}
