import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { App, newQueryClient } from "@/App";
import type { Session } from "@/api/types";
import { server } from "../../setup";
import { problem } from "../api";
import { ADA } from "./people";

const AWAY = "#at-the-provider"; // which is as far as jsdom goes

/** A house with a provider, and whoever is in; what was asked of it. */
function house(session: Session | null = null, ...problems: Response[]) {
  const asked: unknown[] = [];
  const start = async ({ request }: { request: Request }): Promise<Response> => {
    asked.push(await request.json());
    return problems.shift() ?? HttpResponse.json({ url: `${location.href.replace(/#.*/, "")}${AWAY}` });
  };
  server.use(
    http.get("*/api/v1/session", () =>
      session ? HttpResponse.json(session) : problem(401, { code: "unauthenticated", detail: "sign in" }),
    ),
    http.get("*/api/v1/door", () =>
      HttpResponse.json({ mode: "accounts", needs_setup: false, provider: { name: "Our house" } }),
    ),
    http.post("*/api/v1/oidc/start", start),
    http.post("*/api/v1/session/identities", start),
    http.delete("*/api/v1/session", () => new HttpResponse(null, { status: 204 })),
  );
  return asked;
}

function open(path: string) {
  history.replaceState(null, "", path);
  render(<App client={newQueryClient()} />);
}

test("whoever takes the provider's door is led there, to come back to where they are", async () => {
  const asked = house();
  open("/models?kind=text&refused=denied");

  await userEvent.click(await screen.findByRole("button", { name: "Sign in with Our house" }));

  await waitFor(() => expect(location.hash).toBe(AWAY));
  expect(asked).toEqual([{ path: "/models?kind=text", token: null }]);
});

test("whoever was invited may accept by the provider", async () => {
  const asked = house();
  open("/invitation#the-token");

  await userEvent.click(await screen.findByRole("button", { name: "Go on with Our house" }));

  await waitFor(() => expect(location.hash).toBe(AWAY));
  expect(asked).toEqual([{ path: "/", token: "the-token" }]);
});

test("a provider that is away is told, and the password's door stays open", async () => {
  house(null, problem(503, { code: "provider_away", detail: "the provider does not answer" }));
  open("/");

  await userEvent.click(await screen.findByRole("button", { name: "Sign in with Our house" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("the provider does not answer");
  expect(screen.getByLabelText("Password")).toBeEnabled();
  expect(screen.getByRole("button", { name: "Sign in with Our house" })).toBeEnabled();
});

test("without a provider there is no such door", async () => {
  server.use(http.get("*/api/v1/session", () => problem(401, { code: "unauthenticated", detail: "sign in" })));
  open("/");

  expect(await screen.findByLabelText("Password")).toBeVisible();
  expect(screen.queryByRole("button", { name: /Sign in with/ })).toBeNull();
});

test("whoever was refused is told why at the door", async () => {
  house();
  open("/?refused=not_admitted");

  expect(await screen.findByRole("alert")).toHaveTextContent("Ask an administrator to invite you.");
});

test("whoever is in and was refused is told why in the house, until they have read it", async () => {
  house(ADA);
  open("/?refused=identity_taken");

  expect(await screen.findByRole("alert")).toHaveTextContent("linked to another account already");
  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));

  expect(screen.queryByRole("alert")).toBeNull();
  expect(location.search).toBe("");
});

test("a reason that is not known here is a refusal all the same", async () => {
  house();
  open("/?refused=constructor");

  expect(await screen.findByRole("alert")).toHaveTextContent("You were not signed in.");
});

test("whoever signs out is led on to where the provider's own session ends", async () => {
  house({ ...ADA, sign_out_url: `${location.origin}/${AWAY}` });
  open("/");

  await userEvent.click(await screen.findByRole("button", { name: "Sign out Ada" }));

  await waitFor(() => expect(location.hash).toBe(AWAY));
});
