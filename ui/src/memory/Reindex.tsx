import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { modelsQuery } from "@/api/models";
import { asProblem } from "@/api/problem";
import type { MemorySpace, MemoryStatus } from "@/api/types";
import { reindex } from "@/api/upkeep";
import { placeJob } from "@/live/lists";
import { useAnnounce } from "@/ui/Announcer";
import { Button } from "@/ui/Button";
import { Panel } from "./Panel";
import { WatchedJob } from "./WatchedJob";

/** What models that make such vectors can do, as the list of models has it. */
const MAKERS: Record<MemorySpace["kind"], readonly string[]> = { text: ["embed"], picture: ["compare", "label"] };
const USUAL: Record<MemorySpace["kind"], string> = { text: "all-MiniLM-L6-v2", picture: "ViT-B-32" };

/** Have everything embedded anew by another model; search goes on by the old one until that is done. */
export function Reindex({ status }: { status: MemoryStatus }) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const known = useId();
  const [kind, setKind] = useState<MemorySpace["kind"]>("text");
  const [model, setModel] = useState("");
  const models = useQuery(modelsQuery).data?.models ?? [];
  const change = useMutation({
    mutationFn: reindex,
    onSuccess: (job) => {
      placeJob(client, job);
      announce("Everything is being embedded anew.");
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ kind, model: model.trim() });
  };
  return (
    <Panel title="Another model">
      <p className="max-w-prose text-sm text-quiet">
        Everything that is remembered is embedded anew. Search goes on by the old vectors until the new ones are
        complete.
      </p>
      <form onSubmit={send} className="flex flex-wrap items-end gap-2">
        <label className="text-sm text-quiet">
          Vectors of
          <select
            value={kind}
            onChange={({ target }) => setKind(target.value as MemorySpace["kind"])}
            className="field mt-1 block w-36! text-ink"
          >
            <option value="text">Texts</option>
            <option value="picture">Pictures</option>
          </select>
        </label>
        <label className="text-sm text-quiet">
          Embedding model
          <input
            value={model}
            onChange={({ target }) => setModel(target.value)}
            list={known}
            maxLength={100}
            placeholder={status.spaces.find((space) => space.kind === kind)?.model ?? USUAL[kind]}
            className="field mt-1 block w-72! max-w-full text-ink"
          />
        </label>
        <datalist id={known}>
          {models
            .filter(({ capability, present }) => present && capability !== null && MAKERS[kind].includes(capability))
            .map(({ name }) => (
              <option key={name} value={name.replace(/^[^/]*\//, "")} />
            ))}
        </datalist>
        <Button type="submit" disabled={change.isPending || !model.trim()}>
          Embed anew
        </Button>
      </form>
      {change.error && (
        <p role="alert" className="text-sm text-bad">
          {asProblem(change.error).message}
        </p>
      )}
      {change.data && <WatchedJob id={change.data.id} done="Everything is embedded by the new model." />}
    </Panel>
  );
}
