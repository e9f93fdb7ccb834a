// Starts Swagger UI at /docs, so that what it asks may change something: as the UI it says what the session tells it to.
const SAFE = ["GET", "HEAD", "OPTIONS"];

/** Asked at each change: another page of this browser may have signed in as somebody else since. */
async function csrfToken() {
  const answer = await fetch("/api/v1/session");
  return answer.ok ? (await answer.json()).csrf_token : null; // null too where nobody need sign in
}

async function withCsrfToken(request) {
  const isOurs = new URL(request.url, location.href).origin === location.origin;
  if (!isOurs || SAFE.includes((request.method ?? "GET").toUpperCase())) return request;
  const token = await csrfToken();
  if (token !== null) request.headers["X-CSRF-Token"] = token;
  return request;
}

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: withCsrfToken,
});
