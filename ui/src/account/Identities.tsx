import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link2, Unlink } from "lucide-react";
import { beginLinking, doorQuery, identitiesQuery, unlink } from "@/api/provider";
import type { Identity } from "@/api/types";
import { useAnnounce } from "@/ui/Announcer";
import { Button } from "@/ui/Button";
import { moment } from "@/ui/format";
import { ErrorNote, Loading } from "@/ui/Notes";

/** Who somebody is at the provider: they come in by it, link another and unlink what they no longer want. */
export function Identities() {
  const told = useQuery(identitiesQuery);
  const { data: door } = useQuery(doorQuery);
  const begin = useMutation({ mutationFn: () => beginLinking("/account") });
  if (told.isPending) return <Loading what="how you come in" />;
  if (told.isError)
    return <ErrorNote error={told.error} title="This could not be loaded" onRetry={() => void told.refetch()} />;
  const { items } = told.data;
  if (!items.length && !door?.provider) return null;
  return (
    <section aria-labelledby="identities" className="space-y-3">
      <h2 id="identities" className="font-display text-xl">
        Coming in without a password
      </h2>
      {items.length === 0 && <p className="text-quiet">Nothing is linked to this account yet.</p>}
      <ul className="space-y-2">
        {items.map((identity) => (
          <Linked key={identity.id} identity={identity} />
        ))}
      </ul>
      {begin.isError && <ErrorNote error={begin.error} title="The provider could not be reached" />}
      {door?.provider && (
        <Button icon={Link2} disabled={begin.isPending} onClick={() => begin.mutate()}>
          Link {door.provider.name}
        </Button>
      )}
    </section>
  );
}

function Linked({ identity }: { identity: Identity }) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const name = identity.email || new URL(identity.issuer).host;
  const remove = useMutation({
    mutationFn: () => unlink(identity.id),
    onSuccess: async () => {
      announce(`${name} is unlinked`);
      await client.invalidateQueries({ queryKey: identitiesQuery.queryKey });
    },
  });
  return (
    <li className="space-y-2 rounded-lg border border-line bg-panel p-3">
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-40 flex-1">
          <p className="break-words">{name}</p>
          <p className="text-sm break-words text-quiet">
            {new URL(identity.issuer).host},{" "}
            {identity.used_at ? `last used ${moment(identity.used_at)}` : "not used yet"}
          </p>
        </div>
        <Button
          look="danger"
          icon={Unlink}
          aria-label={`Unlink ${name}`}
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
        >
          Unlink
        </Button>
      </div>
      {remove.isError && <ErrorNote error={remove.error} title="It could not be unlinked" />}
    </li>
  );
}
