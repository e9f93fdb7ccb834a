import { useQuery } from "@tanstack/react-query";
import { Fragment, type ReactNode } from "react";
import { isAskedToWait, whyHeldUp } from "@/api/askingAgain";
import { asProblem } from "@/api/problem";
import { sessionQuery } from "@/api/session";
import { Button } from "@/ui/Button";
import { Entrance } from "./Entrance";
import { Threshold } from "./Threshold";

/** Shows the house to who is in, and everybody else how to come in. In local mode one is in. */
export function Door({ children }: { children: ReactNode }) {
  const { data: session, error, failureReason, refetch } = useQuery(sessionQuery);
  if (session) return <Fragment key={session.csrf_token}>{children}</Fragment>; // another session begins anew
  if (error) return <Closed message={asProblem(error).message} onRetry={() => void refetch()} />;
  if (session === null) return <Entrance />;
  return isAskedToWait(failureReason) ? <Waiting why={whyHeldUp(failureReason)} /> : null;
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
