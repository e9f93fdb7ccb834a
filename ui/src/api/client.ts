import createClient from "openapi-fetch";
import { withCsrfToken } from "./csrf";
import { asProblem, problemFrom } from "./problem";
import type { paths } from "./schema";

/** The typed client; `fetch` is looked up at each call so that tests may stand in for the network. */
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  fetch: (request: Request) => globalThis.fetch(withCsrfToken(request)),
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer; throws `ApiProblem` for everything else. */
export async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer.catch((reason: unknown) => {
    throw asProblem(reason);
  });
  if (!response.ok) throw problemFrom(error, response.status, response.headers.get("Retry-After"));
  return data as T;
}
