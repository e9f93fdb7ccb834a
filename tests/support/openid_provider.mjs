/** A real provider of OpenID Connect for tests: `oidc-provider` on the loopback, as one JSON argument tells. */
import { createServer } from "node:http";
import Provider from "../../ui/node_modules/oidc-provider/lib/index.js";

const told = JSON.parse(process.argv[2]);
const people = new Map();

const provider = new Provider(told.issuer, {
  clients: told.clients,
  claims: { email: ["email", "email_verified"], profile: ["name"], groups: ["groups", "realm_access"] },
  scopes: ["openid", "email", "profile", "groups"],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
  features: { rpInitiatedLogout: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["of a test"] },
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
});
const answered = provider.callback();

/** `PUT /people/SUBJECT` tells what is claimed of somebody; all else is the provider's. */
async function answer(request, response) {
  if (!request.url.startsWith("/people/")) return answered(request, response);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  people.set(decodeURIComponent(request.url.slice("/people/".length)), JSON.parse(Buffer.concat(chunks)));
  return response.writeHead(204).end();
}

createServer(answer).listen(told.port, "127.0.0.1", () => console.log("ready"));
