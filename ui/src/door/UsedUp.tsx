import { Link } from "react-router";
import { Threshold } from "./Threshold";
import { SET_UP, type Way } from "./ways";

/** Stands in place of the form of a link by which nobody comes in any more. */
export function UsedUp({ way, isSetUp }: { way: Way; isSetUp: boolean }) {
  return (
    <Threshold title="This link is no longer good">
      <p role="alert">{way === SET_UP ? whyNotSetUp(isSetUp) : INVITED}</p>
      <Link to="/" className="text-accent underline underline-offset-4">
        {isSetUp ? "Sign in" : "What to do"}
      </Link>
    </Threshold>
  );
}

const INVITED =
  "An invitation makes one account, once. This one was used already, is over, or was taken back. Sign in if you made " +
  "your account with it; else ask whoever invited you for another.";

const whyNotSetUp = (isSetUp: boolean): string =>
  isSetUp
    ? "The first account was made already. Whoever comes later is invited by an administrator."
    : "It is over, or was cut short on its way here. Each start of the server writes another.";
