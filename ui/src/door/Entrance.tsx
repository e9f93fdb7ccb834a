import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { asProblem } from "@/api/problem";
import { doorQuery } from "@/api/provider";
import { type Entering, enter } from "@/api/session";
import { ByProvider } from "./ByProvider";
import { EntryForm } from "./EntryForm";
import { NobodyYet } from "./NobodyYet";
import { RefusalNote } from "./RefusalNote";
import { withoutRefusal } from "./refusals";
import { Threshold } from "./Threshold";
import { UsedUp } from "./UsedUp";
import { BY_LINK, SET_UP, SIGN_IN } from "./ways";

const SET_UP_MEANWHILE_MS = 10_000;

/** How somebody comes in who is not: by their password, by a link that they were given, by the provider. */
export function Entrance() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { pathname, search, hash } = useLocation();
  const refetchInterval = ({ state: { data } }: { state: { data?: { needs_setup: boolean } | undefined } }) =>
    data?.needs_setup ? SET_UP_MEANWHILE_MS : false;
  const { data: door, isPending } = useQuery({ ...doorQuery, refetchInterval });
  const [refused, setRefused] = useState<string | null>(null);
  if (isPending) return null;

  const linked = BY_LINK[pathname];
  const way = linked ?? SIGN_IN;
  const isSetUp = door?.needs_setup === false;
  if (linked && (refused === hash || (way === SET_UP && isSetUp))) return <UsedUp way={way} isSetUp={isSetUp} />;
  if (!linked && door?.needs_setup) return <NobodyYet />;

  const come = async (asked: Entering) => {
    const session = await way.go(hash.slice(1), asked).catch((error: unknown) => {
      if (linked && asProblem(error).status === 404) {
        setRefused(hash);
        void client.invalidateQueries({ queryKey: doorQuery.queryKey }); // somebody else may have set it up
      }
      throw error;
    });
    enter(client, session);
    client.setQueryData(doorQuery.queryKey, (told) => told && { ...told, needs_setup: false });
    navigate(linked ? "/" : pathname + withoutRefusal(search) + hash, { replace: true });
  };
  return (
    <Threshold title={way.title}>
      <RefusalNote />
      <EntryForm key={pathname} fields={way.fields} yes={way.yes} isNew={way !== SIGN_IN} onEnter={come} />
      <ByProvider token={linked ? hash.slice(1) : null} />
    </Threshold>
  );
}
