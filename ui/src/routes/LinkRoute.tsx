import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { sessionQuery } from "@/api/session";
import { usePageTitle } from "@/ui/usePageTitle";
import { NotFoundRoute } from "./NotFoundRoute";

/** A link that makes an account, opened by somebody who has one and is in; where nobody signs in there is no such page. */
export function LinkRoute() {
  usePageTitle("A link for somebody else");
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  if (session?.mode !== "accounts") return <NotFoundRoute />;
  return (
    <main id="main" className="mx-auto max-w-2xl px-4 py-16 text-center">
      <h1 className="font-display text-3xl">You are signed in already</h1>
      <p className="mt-3 text-quiet">
        This link makes an account for somebody who is signed out, and you are {session.user.name}. To make another one
        on this device, sign out above: the link stays open. Else hand it on to the one whom it is for.
      </p>
      <Link to="/" className="mt-6 inline-block text-accent underline underline-offset-4">
        To the studio
      </Link>
    </main>
  );
}
