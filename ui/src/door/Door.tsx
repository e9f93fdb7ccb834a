import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Fragment, type ReactNode } from "react";
import { useLocation, useNavigate } from "react-router";
import { isAskedToWait, whyHeldUp } from "@/api/askingAgain";
import { asProblem } from "@/api/problem";
import { acceptInvitation, type Entering, enter, sessionQuery, setUp, signIn } from "@/api/session";
import type { Session } from "@/api/types";
import { Button } from "@/ui/Button";
import { ByProvider } from "./ByProvider";
import { EntryForm } from "./EntryForm";
import { RefusalNote } from "./RefusalNote";
import { withoutRefusal } from "./refusals";

interface Way {
  title: string;
  fields: readonly (keyof Entering)[];
  yes: string;
  go: (token: string, asked: Entering) => Promise<Session>;
}

const SIGN_IN: Way = {
  title: "Sign in",
  fields: ["email", "password"],
  yes: "Sign in",
  go: (_, asked) => signIn(asked),
};
/** By the address of a link that somebody was given; its token stands behind the `#`, where no server sees it. */
const BY_LINK: Record<string, Way> = {
  "/setup": {
    title: "Make the first account",
    fields: ["email", "name", "password"],
    yes: "Make the account",
    go: setUp,
  },
  "/invitation": {
    title: "Accept the invitation",
    fields: ["name", "password"],
    yes: "Make the account",
    go: acceptInvitation,
  },
};

/** Shows the house to who is in, and everybody else how to come in. In local mode one is in. */
export function Door({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { pathname, search, hash } = useLocation();
  const { data: session, error, failureReason, refetch } = useQuery(sessionQuery);
  if (session) return <Fragment key={session.csrf_token}>{children}</Fragment>; // another session begins anew
  if (error) return <Closed message={asProblem(error).message} onRetry={() => void refetch()} />;
  if (session === undefined && isAskedToWait(failureReason)) return <Waiting why={whyHeldUp(failureReason)} />;
  if (session === undefined) return null;
  const linked = BY_LINK[pathname];
  const way = linked ?? SIGN_IN;
  const come = async (asked: Entering) => {
    enter(client, await way.go(hash.slice(1), asked));
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

function Closed({ message, onRetry }: { message: string; onRetry: () => void }) {
  return (
    <Threshold title="Triptych">
      <p role="alert">{message}</p>
      <Button onClick={onRetry}>Try again</Button>
    </Threshold>
  );
}

function Waiting({ why }: { why: string }) {
  return (
    <Threshold title="Triptych">
      <p role="status">{why} This page opens by itself as soon as it may.</p>
    </Threshold>
  );
}

function Threshold({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main id="main" className="mx-auto flex max-w-sm flex-col gap-4 px-4 py-16">
      <h1 className="font-display text-2xl">{title}</h1>
      {children}
    </main>
  );
}
