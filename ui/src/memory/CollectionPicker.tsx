import { useQuery } from "@tanstack/react-query";
import { FolderOpen } from "lucide-react";
import { asProblem } from "@/api/problem";
import { collect, collectionsQuery, makeCollection } from "@/api/sources";
import type { Collection, Source } from "@/api/types";
import { NameForm } from "./NameForm";
import { useMemoryChange } from "./useMemoryChange";

interface Change {
  collection: Collection;
  isIn: boolean;
}

/** Which collections hold a source; a new one can be made for it. */
export function CollectionPicker({ source }: { source: Source }) {
  const collections = useQuery(collectionsQuery).data ?? [];
  const change = useMemoryChange(
    ({ collection, isIn }: Change) => collect(collection.id, source.id, isIn),
    ({ collection, isIn }) => `${source.title} is ${isIn ? "now" : "no longer"} in ${collection.name}.`,
  );
  const make = async (name: string) => change.mutateAsync({ collection: await makeCollection(name), isIn: true });
  const asked = change.isPending ? change.variables : null; // shown as asked until the answer is there
  const holds = ({ id }: Collection) => (asked?.collection.id === id ? asked.isIn : source.collections.includes(id));
  const names = collections.filter(({ id }) => source.collections.includes(id)).map(({ name }) => name);
  return (
    <details>
      <summary className="text-sm text-quiet">
        <FolderOpen aria-hidden="true" className="mr-1.5 inline size-4" />
        {names.length ? `In ${names.join(", ")}` : "In no collection"}
      </summary>
      <fieldset aria-label={`Collections of ${source.title}`} className="mt-2 space-y-1.5 text-sm">
        {collections.map((collection) => (
          <label key={collection.id} className="flex items-center gap-2">
            <input
              type="checkbox"
              checked={holds(collection)}
              disabled={change.isPending}
              onChange={({ target }) => change.mutate({ collection, isIn: target.checked })}
            />
            {collection.name}
          </label>
        ))}
        <NameForm label={`New collection for ${source.title}`} yes="Make" onName={make} />
        {change.error && (
          <p role="alert" className="text-bad">
            {asProblem(change.error).message}
          </p>
        )}
      </fieldset>
    </details>
  );
}
