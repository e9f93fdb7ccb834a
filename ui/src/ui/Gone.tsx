import { Trash2 } from "lucide-react";
import { Link, useLocation } from "react-router";
import { moment } from "./format";

interface Props {
  /** What kind of thing it was: "file". */
  what: string;
  /** What it was called, where the page knows; else the link that led here may tell. */
  name?: string | undefined;
  /** When it was deleted, where that was told. */
  at?: string | null | undefined;
  /** Of its title: 2 where the page has one already. */
  level?: 1 | 2;
}

/** What links to a source hand on, so that its page can name it once it is gone. */
export const named = (title: string) => ({ state: { named: title } });

/** Stands in place of what a link leads to and is no longer there: what it was, when it went, where to go on. */
export function Gone({ what, name, at, level = 1 }: Props) {
  const Title = `h${level}` as const;
  const { state } = useLocation();
  const told = name ?? (typeof state?.named === "string" ? state.named : null);
  const link = "text-accent underline underline-offset-4";
  return (
    <section className="mx-auto max-w-2xl py-10 text-center">
      <Trash2 aria-hidden="true" className="mx-auto mb-3 size-8 text-quiet" />
      <Title tabIndex={-1} className="font-display text-2xl wrap-anywhere">
        {told ? `${told} is no longer here` : `There is no such ${what}`}
      </Title>
      <p className="mt-3 text-quiet">
        {at && `The ${what} was deleted, ${moment(at)}. `}
        {!at && told && `The ${what} was deleted, or it was forgotten with the job that made it. `}
        {!at && !told && "It was deleted, or the address is mistyped. "}
        What is deleted leaves nothing behind.
      </p>
      <p className="mt-5 flex flex-wrap justify-center gap-x-6 gap-y-2">
        <Link to="/memory" className={link}>
          Search the memory
        </Link>
        <Link to="/" className={link}>
          To the studio
        </Link>
      </p>
    </section>
  );
}
