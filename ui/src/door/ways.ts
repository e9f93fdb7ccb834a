/** The ways in by a form: what each asks for, and what it asks of the API. */
import { acceptInvitation, type Entering, setUp, signIn } from "@/api/session";
import type { Session } from "@/api/types";

export interface Way {
  title: string;
  fields: readonly (keyof Entering)[];
  yes: string;
  go: (token: string, asked: Entering) => Promise<Session>;
}

export const SIGN_IN: Way = {
  title: "Sign in",
  fields: ["email", "password"],
  yes: "Sign in",
  go: (_, asked) => signIn(asked),
};

export const SET_UP: Way = {
  title: "Make the first account",
  fields: ["email", "name", "password"],
  yes: "Make the account",
  go: setUp,
};

const INVITED: Way = {
  title: "Accept the invitation",
  fields: ["name", "password"],
  yes: "Make the account",
  go: acceptInvitation,
};

/** By the address of a link that somebody was given; its token stands behind the `#`, where no server sees it. */
export const BY_LINK: Record<string, Way> = { "/setup": SET_UP, "/invitation": INVITED };
