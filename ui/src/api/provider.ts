import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "./client";

/** How one comes in, for those who are not in. */
export const doorQuery = queryOptions({
  queryKey: ["session", "door"],
  queryFn: ({ signal }) => dataOf(api.GET("/api/v1/door", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who the caller is at providers. */
export const identitiesQuery = queryOptions({
  queryKey: ["identities"],
  queryFn: ({ signal }) => dataOf(api.GET("/api/v1/session/identities", { signal })),
});

/** Go to the provider, to come back to `path`; `token` is of an invitation's link, or of the first account's. */
export async function beginByProvider(path: string, token: string | null): Promise<void> {
  const { url } = await dataOf(api.POST("/api/v1/oidc/start", { body: { path, token } }));
  location.assign(url);
}

/** Go to the provider, to come back to `path` with another identity. */
export async function beginLinking(path: string): Promise<void> {
  const { url } = await dataOf(api.POST("/api/v1/session/identities", { body: { path } }));
  location.assign(url);
}

/** Have an identity open nothing any more. */
export const unlink = (id: string): Promise<unknown> =>
  dataOf(api.DELETE("/api/v1/session/identities/{identity_id}", { params: { path: { identity_id: id } } }));
