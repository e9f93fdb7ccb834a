import { useQuery } from "@tanstack/react-query";
import { Identities } from "@/account/Identities";
import { sessionQuery } from "@/api/session";
import { usePageTitle } from "@/ui/usePageTitle";
import { NotFoundRoute } from "./NotFoundRoute";

/** Who one is here, and how one comes in; where nobody signs in there is no such page. */
export function AccountRoute() {
  usePageTitle("Account");
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  if (session?.mode !== "accounts") return <NotFoundRoute />;
  const { name, email, role } = session.user;
  return (
    <main id="main" className="mx-auto max-w-2xl space-y-6 px-3 py-6 sm:px-6">
      <h1 tabIndex={-1} className="font-display text-3xl">
        Account
      </h1>
      <p className="break-words">
        {name} <span className="text-quiet">({email})</span>, {role}
      </p>
      <Identities />
    </main>
  );
}
