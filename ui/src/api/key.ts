/** A key that nobody else makes: the API does a request that comes twice with one key only once. */
export function newKey(): string {
  // Not randomUUID, which browsers keep from pages that came over plain http.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
