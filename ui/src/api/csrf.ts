/** What shows the API that one of its own pages asks: told by the session, said with everything that changes something. */
const HEADER = "X-CSRF-Token";
const SAFE: readonly string[] = ["GET", "HEAD", "OPTIONS"];

let token: string | null = null;

/** Say this from now on; null: nothing need be said, as in local mode. */
export function keepCsrfToken(told: string | null) {
  token = told;
}

/** The headers of a request that changes something. */
export const csrfHeaders = (): Record<string, string> => (token === null ? {} : { [HEADER]: token });

/** The request as it is sent. */
export function withCsrfToken(request: Request): Request {
  if (token !== null && !SAFE.includes(request.method)) request.headers.set(HEADER, token);
  return request;
}
