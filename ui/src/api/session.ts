import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";
import { keepCsrfToken } from "./csrf";
import { ApiProblem } from "./problem";
import type { Session } from "./types";

/** Whether the API does not know, or no longer, who asks. */
export const isUnknown = (error: unknown): boolean => error instanceof ApiProblem && error.code === "unauthenticated";

/** Who is asking; null: nobody who is known, where one must be. */
export const sessionQuery = queryOptions<Session | null>({
  queryKey: ["session"],
  queryFn: async ({ signal }) => {
    const session = await dataOf(api.GET("/api/v1/session", { signal })).catch((error: unknown) => {
      if (isUnknown(error)) return null;
      throw error;
    });
    keepCsrfToken(session?.csrf_token ?? null);
    return session;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export interface Entering {
  email: string;
  name: string;
  password: string;
}

export const signIn = ({ email, password }: Entering): Promise<Session> =>
  dataOf(api.POST("/api/v1/session", { body: { email, password } }));

export const setUp = (token: string, { email, name, password }: Entering): Promise<Session> =>
  dataOf(api.POST("/api/v1/setup", { body: { token, email, name, password } }));

export const acceptInvitation = (token: string, { name, password }: Entering): Promise<Session> =>
  dataOf(api.POST("/api/v1/invitations/accept", { body: { token, name, password } }));

/** Go on as the one whose session this is. */
export function enter(client: QueryClient, session: Session) {
  keepCsrfToken(session.csrf_token);
  client.setQueryData(sessionQuery.queryKey, session);
}

/** Sign out, and forget what was shown to who did; a provider by which they came ends its own session, if it can. */
export async function signOut(client: QueryClient, { sign_out_url: onwards }: Session) {
  await dataOf(api.DELETE("/api/v1/session"));
  leave(client);
  if (onwards !== null) location.assign(onwards);
}

/** Forget whose session it was: it is over. */
export function leave(client: QueryClient) {
  keepCsrfToken(null);
  client.setQueryData(sessionQuery.queryKey, null);
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
}

/** Forget whose session it was, and see who it is now: another page of this browser may have signed in meanwhile. */
export function comeAgain(client: QueryClient) {
  leave(client);
  void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
}
