import { RefusalNote } from "./RefusalNote";
import { Threshold } from "./Threshold";

/** Stands where people will sign in, until there is somebody who could. */
export function NobodyYet() {
  return (
    <Threshold title="Nobody has an account here yet">
      <RefusalNote />
      <p>
        The first account is made by a link that the server writes where it was started, or in its log. Open that link
        here.
      </p>
      <p className="text-sm text-quiet">The link is good for a day, and each start of the server writes another.</p>
    </Threshold>
  );
}
