import { useQuery } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import { collectionsQuery, deleteCollection, makeCollection, renameCollection } from "@/api/sources";
import type { Collection } from "@/api/types";
import { Button, IconButton } from "@/ui/Button";
import { count } from "@/ui/format";
import { NameForm } from "./NameForm";
import { searchLink } from "./useAsked";
import { useMemoryChange } from "./useMemoryChange";

/** The collections: what they hold is searched by a click; they are made, renamed and deleted here. */
export function Collections() {
  const { data: collections = [], error } = useQuery(collectionsQuery);
  const make = useMemoryChange(makeCollection, (name: string) => `${name} is made.`);
  return (
    <section aria-labelledby="collections-title" className="rounded-2xl border border-line bg-panel p-4">
      <h2 id="collections-title" tabIndex={-1} className="mb-2 outline-none font-display text-xl">
        Collections
      </h2>
      {collections.length > 0 && (
        <ul className="mb-3 divide-y divide-line">
          {collections.map((collection) => (
            <CollectionRow key={collection.id} collection={collection} />
          ))}
        </ul>
      )}
      {error && <p className="mb-2 text-sm text-bad">{asProblem(error).message}</p>}
      <NameForm label="Name of a new collection" yes="Make" onName={make.mutateAsync} />
    </section>
  );
}

function CollectionRow({ collection: { id, name, sources } }: { collection: Collection }) {
  const [doing, setDoing] = useState<"rename" | "delete" | null>(null);
  const row = useRef<HTMLLIElement>(null);
  const rename = useMemoryChange(
    (to: string) => renameCollection(id, to),
    (to) => `${name} is now called ${to}.`,
  );
  const remove = useMemoryChange(
    () => deleteCollection(id),
    () => `${name} is deleted; what it held stays.`,
  );
  const close = () => {
    row.current?.querySelector("a")?.focus(); // what had the focus goes
    setDoing(null);
  };
  const goToTitle = () => row.current?.closest("section")?.querySelector("h2")?.focus();
  return (
    <li ref={row} className="flex flex-wrap items-center gap-x-2 py-1">
      <Link to={searchLink({ collection: id })} className="min-w-0 font-medium underline-offset-4 hover:underline">
        {name}
      </Link>
      <span className="mr-auto text-sm text-quiet">{count(sources, "source")}</span>
      <IconButton
        icon={Pencil}
        label={`Rename ${name}`}
        onClick={() => setDoing(doing === "rename" ? null : "rename")}
      />
      <IconButton icon={Trash2} label={`Delete ${name}`} onClick={() => setDoing("delete")} />
      {doing === "rename" && (
        <NameForm
          label={`Another name for ${name}`}
          name={name}
          yes="Rename"
          onName={(to) => rename.mutateAsync(to).then(close)}
        />
      )}
      {doing === "delete" && (
        <fieldset aria-label={`Delete ${name}?`} className="flex w-full flex-wrap items-center gap-2 text-sm">
          <span>Delete the collection? What it holds stays.</span>
          <Button
            look="danger"
            disabled={remove.isPending}
            onClick={() => {
              goToTitle(); // the button goes with its row
              remove.mutate(undefined);
            }}
            autoFocus
          >
            Delete it
          </Button>
          <Button onClick={close}>Keep</Button>
        </fieldset>
      )}
      {remove.error && (
        <p role="alert" className="w-full text-sm text-bad">
          {asProblem(remove.error).message}
        </p>
      )}
    </li>
  );
}
