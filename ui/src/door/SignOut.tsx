import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { sessionQuery, signOut } from "@/api/session";
import { useAnnounce } from "@/ui/Announcer";
import { IconButton } from "@/ui/Button";

/** Leads out, where there are accounts. */
export function SignOut() {
  const client = useQueryClient();
  const announce = useAnnounce();
  const [isSent, setIsSent] = useState(false);
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  if (session?.mode !== "accounts") return null;
  const go = async () => {
    setIsSent(true);
    await signOut(client).catch((error: unknown) => announce(asProblem(error).message));
    setIsSent(false);
  };
  return (
    <IconButton
      label={`Sign out ${session.user.name || session.user.email}`}
      icon={LogOut}
      disabled={isSent}
      onClick={() => void go()}
    />
  );
}
