import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { App, newQueryClient } from "@/App";
import type { Identity, Session } from "@/api/types";
import { server } from "../../setup";
import { problem } from "../api";
import { ADA } from "../door/people";

const WORK: Identity = {
  id: "0198c7a2-5d1e-7b33-9f0e-4a7d2c1b8e90",
  issuer: "https://id.example/realms/house",
  email: "ada@work.example",
  created_at: "2026-11-22T10:00:00.000Z",
  used_at: null,
};

/** A house whose provider knows somebody so; what was unlinked there. */
function house(identities: Identity[], session: Session = ADA) {
  const unlinked: string[] = [];
  let held = identities;
  server.use(
    http.get("*/api/v1/session", () => HttpResponse.json(session)),
    http.get("*/api/v1/door", () =>
      HttpResponse.json({ mode: "accounts", needs_setup: false, provider: { name: "Our house" } }),
    ),
    http.get("*/api/v1/session/identities", () => HttpResponse.json({ items: held })),
    http.post("*/api/v1/session/identities", () => HttpResponse.json({ url: `${location.origin}/account#provider` })),
    http.delete("*/api/v1/session/identities/:id", ({ params }) => {
      unlinked.push(String(params.id));
      held = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return unlinked;
}

function open() {
  history.replaceState(null, "", "/account");
  render(<App client={newQueryClient()} />);
}

test("who somebody is at the provider is listed, and unlinked", async () => {
  const unlinked = house([WORK]);
  open();

  expect(await screen.findByText(/id\.example, not used yet/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Unlink ada@work.example" }));

  expect(await screen.findByText("Nothing is linked to this account yet.")).toBeVisible();
  expect(unlinked).toEqual([WORK.id]);
});

test("the last way in stays, and it is told why", async () => {
  house([WORK]);
  server.use(
    http.delete("*/api/v1/session/identities/:id", () =>
      problem(409, { code: "last_way_in", detail: "you have no password" }),
    ),
  );
  open();

  await userEvent.click(await screen.findByRole("button", { name: "Unlink ada@work.example" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("you have no password");
  expect(screen.getByText("ada@work.example")).toBeVisible();
});

test("another is linked at the provider", async () => {
  house([]);
  open();

  await userEvent.click(await screen.findByRole("button", { name: "Link Our house" }));

  await waitFor(() => expect(location.hash).toBe("#provider"));
});

test("where nobody signs in there is no account", async () => {
  house([], { ...ADA, mode: "local" });
  open();

  expect(await screen.findByRole("heading", { name: "There is no such page" })).toBeVisible();
});
