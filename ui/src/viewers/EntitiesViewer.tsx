import { count } from "@/ui/format";
import { CopyButton } from "./CopyButton";
import type { Entities } from "./documents";
import { Loaded } from "./Loaded";
import type { ViewerProps } from "./viewer";

const SHOWN = 500; // names of a kind; beyond, the page would crawl and the file holds all

/** The labels of CoNLL-2003 and OntoNotes in words; another model's own are told as they are. */
const KINDS: Record<string, string> = {
  PER: "People",
  PERSON: "People",
  ORG: "Organisations",
  LOC: "Places",
  GPE: "Countries and cities",
  MISC: "Other names",
};

/** The names that a document holds, by what they name, the most frequent first. */
export function EntitiesViewer(props: ViewerProps) {
  return (
    <Loaded<Entities> {...props}>
      {({ names }) =>
        names.length === 0 ? (
          <p className="text-quiet">No name was found.</p>
        ) : (
          <div className="space-y-5">
            <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-quiet">
              <p>Most frequent first. Where each stands in the document is in the file.</p>
              <CopyButton what="names" text={names.map(({ text, label }) => `${text}\t${label}`).join("\n")} />
            </div>
            {byKind(names).map(([label, some]) => (
              <Kind key={label} label={label} names={some} />
            ))}
          </div>
        )
      }
    </Loaded>
  );
}

function Kind({ label, names }: { label: string; names: Entities["names"] }) {
  const title = KINDS[label] ?? label;
  return (
    <section>
      <h3 className="mb-2 font-medium">
        {title} <span className="font-normal text-quiet">({names.length.toLocaleString()})</span>
      </h3>
      <ul aria-label={title} className="flex flex-wrap gap-2 text-sm">
        {names.slice(0, SHOWN).map((name) => (
          <li key={name.text} className="rounded-full border border-line bg-sunken px-3 py-1">
            {name.text} <span className="text-quiet">{count(name.count, "time")}</span>
          </li>
        ))}
      </ul>
      {names.length > SHOWN && <p className="mt-2 text-sm text-quiet">The rest is in the file.</p>}
    </section>
  );
}

function byKind(names: Entities["names"]): [label: string, names: Entities["names"]][] {
  const kinds = new Map<string, Entities["names"]>();
  for (const name of names) kinds.set(name.label, [...(kinds.get(name.label) ?? []), name]);
  return [...kinds];
}
