import { asProblem } from "@/api/problem";
import type { FieldProblem } from "@/api/types";
import { ErrorNote } from "@/ui/Notes";
import { sentenceOf } from "./sentence";

/** What helps where the API's own words do not say it; nothing that was put together is lost. */
const ADVICE: Record<string, string> = {
  quota_exceeded: "What stands here is kept: run it again later. Jobs that you cancel or delete make room at once.",
  database_away: "What stands here is kept: run it again in a moment.",
  no_disk: "The server's disk is full. What stands here is kept: run it again when there is room.",
};

interface Props {
  error: Error;
  /** Those that no field of the form shows. */
  elsewhere: readonly FieldProblem[];
}

/** What no field of the form says already; nothing where the fields say it all. */
export function SubmitProblem({ error, elsewhere }: Props) {
  const { code, errors, message } = asProblem(error);
  if (errors.length && !elsewhere.length) return null;
  return (
    <ErrorNote error={error} title="The job was not accepted">
      {elsewhere.length > 0 ? (
        elsewhere.map((one) => <p key={one.message}>{sentenceOf(one.message)}</p>)
      ) : (
        <p>{sentenceOf(message)}</p>
      )}
      {ADVICE[code] && <p>{ADVICE[code]}</p>}
    </ErrorNote>
  );
}
