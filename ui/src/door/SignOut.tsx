import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut, User } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import { sessionQuery, signOut } from "@/api/session";
import { useAnnounce } from "@/ui/Announcer";
import { IconButton } from "@/ui/Button";

/** Leads to one's account, and out, where there are accounts; out of the provider's session too, where it says how. */
export function SignOut() {
  const client = useQueryClient();
  const announce = useAnnounce();
  const [isSent, setIsSent] = useState(false);
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  if (session?.mode !== "accounts") return null;
  const go = async () => {
    setIsSent(true);
    await signOut(client, session).catch((error: unknown) => announce(asProblem(error).message));
    setIsSent(false);
  };
  return (
    <>
      <Link to="/account" aria-label="Account" title="Account" className="p-1 text-quiet hover:text-ink">
        <User aria-hidden="true" className="size-4" />
      </Link>
      <IconButton
        label={`Sign out ${session.user.name || session.user.email}`}
        icon={LogOut}
        disabled={isSent}
        onClick={() => void go()}
      />
    </>
  );
}
