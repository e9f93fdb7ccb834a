import { useQuery } from "@tanstack/react-query";
import { LogIn } from "lucide-react";
import { useState } from "react";
import { useLocation } from "react-router";
import { asProblem } from "@/api/problem";
import { beginByProvider, doorQuery } from "@/api/provider";
import { Button } from "@/ui/Button";
import { withoutRefusal } from "./refusals";

/** Leads to the provider by which people sign in, where there is one; `token` is of the link that somebody was given. */
export function ByProvider({ token }: { token: string | null }) {
  const { pathname, search, hash } = useLocation();
  const { data: door } = useQuery(doorQuery);
  const [error, setError] = useState<unknown>(null);
  const [isSent, setIsSent] = useState(false);
  if (!door?.provider) return null;
  const go = async () => {
    setError(null);
    setIsSent(true);
    await beginByProvider(token === null ? pathname + withoutRefusal(search) + hash : "/", token).catch(setError);
    setIsSent(false); // also for whoever comes back by the browser's own button
  };
  return (
    <section aria-label="Without a password" className="flex flex-col gap-3 border-t border-line pt-4">
      <Button icon={LogIn} disabled={isSent} onClick={() => void go()}>
        {token === null ? "Sign in" : "Go on"} with {door.provider.name}
      </Button>
      {error !== null && (
        <p role="alert" className="text-sm text-bad">
          {asProblem(error).message}
        </p>
      )}
    </section>
  );
}
