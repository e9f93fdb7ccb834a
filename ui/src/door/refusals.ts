/** What the door says to whoever comes back from the provider and is not let in, by what `?refused=` tells. */
const REFUSALS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    attempt_over: "This sign-in was begun in another browser, or too long ago. Begin again.",
    denied: "You were not signed in: the provider says that you declined.",
    provider_away: "The provider does not answer. Try again in a moment, or use a password.",
    provider_failed: "The provider’s answer could not be used. Who runs this server finds the reason in its log.",
    busy: "Many people are signing in just now. Try again in a moment.",
    email_unverified: "The provider does not say that your e-mail address was verified. Have it verified there.",
    email_taken:
      "There is an account with your e-mail address already. Sign in with its password, then link the provider under Account.",
    not_admitted: "You may not come in here. Ask an administrator to invite you.",
    invitation_over: "This link is no longer good. Ask for another.",
    disabled: "Your account is disabled. Ask an administrator.",
    needs_setup: "Nobody looks after this server yet. Make the first account by the link that it says at its start.",
    identity_taken: "This is linked to another account already, and was not linked to yours.",
    link_not_admitted:
      "This may not come in here by itself, and was not linked: your account stands by what the provider says of you.",
  }),
);

/** The parameter by which the API says why whoever came back from the provider was refused. */
export const REFUSED = "refused";

/** The query of an address, without that. */
export function withoutRefusal(search: string): string {
  const params = new URLSearchParams(search);
  params.delete(REFUSED);
  return params.size ? `?${params}` : "";
}

/** Why somebody was refused, in words. */
export const inWords = (refused: string): string => REFUSALS.get(refused) ?? "You were not signed in.";
