import { asProblem } from "@/api/problem";
import { sentenceOf } from "@/composer/sentence";
import { ErrorNote } from "@/ui/Notes";

/** Why what was written was not accepted; it still stands there. */
export function NotSent({ error }: { error: Error }) {
  const { errors, message } = asProblem(error);
  return (
    <ErrorNote error={error} title="It was not sent, and still stands where it was written">
      {errors.length ? errors.map((one) => <p key={one.message}>{sentenceOf(one.message)}</p>) : <p>{message}</p>}
    </ErrorNote>
  );
}
