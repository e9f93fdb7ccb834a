import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http, ws } from "msw";
import { expect, test, vi } from "vitest";
import { App, newQueryClient } from "@/App";
import { server } from "../../setup";
import { problem } from "../api";
import { ADA } from "./people";

const WITHIN = { timeout: 20_000 };
/** A house that knows nobody until somebody comes in by `way`, with what was asked of it. */
function house(way: string) {
  const asked: unknown[] = [];
  const signedOutWith: (string | null)[] = [];
  let isIn = false;
  let csrfToken = ADA.csrf_token;
  server.use(
    http.get("*/api/v1/session", () =>
      isIn
        ? HttpResponse.json({ ...ADA, csrf_token: csrfToken })
        : problem(401, { code: "unauthenticated", detail: "sign in" }),
    ),
    http.post(`*${way}`, async ({ request }) => {
      const body = (await request.json()) as { password: string };
      asked.push(body);
      if (body.password.startsWith("wrong"))
        return problem(401, { code: "sign_in_refused", detail: "no such account" });
      isIn = true;
      return HttpResponse.json(ADA, { status: 201 });
    }),
    http.delete("*/api/v1/session", ({ request }) => {
      signedOutWith.push(request.headers.get("X-CSRF-Token"));
      isIn = false;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const end = () => {
    isIn = false;
  };
  const beginAnew = () => {
    csrfToken = "another session's";
  };
  return { asked, signedOutWith, end, beginAnew };
}

/** Have the live stream end as it does when the session is over. */
function dismissal() {
  let hangUp = () => {};
  const greeted = vi.fn();
  server.use(
    ws.link("ws://localhost:8000/api/v1/socket").addEventListener("connection", ({ client }) => {
      hangUp = () => client.close(4401, "come in again");
      client.send(JSON.stringify({ type: "hello", id: "5" }));
      greeted();
    }),
  );
  return { greeted, dismiss: () => hangUp() };
}

/** Nobody has an account yet, until the returned function says so. */
function nobodyYet() {
  let needs_setup = true;
  server.use(http.get("*/api/v1/door", () => HttpResponse.json({ mode: "accounts", needs_setup, provider: null })));
  return () => {
    needs_setup = false;
  };
}

/** A link that somebody has used already, or that never was. */
const usedUp = (way: string) =>
  server.use(http.post(`*${way}`, () => problem(404, { code: "not_found", detail: "no longer good" })));

async function accept() {
  await userEvent.type(await screen.findByLabelText("Your name"), "Ada");
  await userEvent.type(screen.getByLabelText("Password"), "correct horse battery");
  await userEvent.click(screen.getByRole("button", { name: "Make the account" }));
}

function open(path: string) {
  history.replaceState(null, "", path);
  render(<App client={newQueryClient()} />);
}

async function come() {
  await userEvent.type(await screen.findByLabelText("E-mail"), "ada@triptych.example");
  await userEvent.type(screen.getByLabelText("Password"), "correct horse battery");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

test("who signs in sees the house, and the door again after signing out", async () => {
  const { asked, signedOutWith } = house("/api/v1/session");
  open("/models");

  await come();
  await userEvent.click(await screen.findByRole("button", { name: "Sign out Ada" }));

  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(asked).toEqual([{ email: "ada@triptych.example", password: "correct horse battery" }]);
  expect(signedOutWith).toEqual(["shown to our own pages"]);
});

test("whose session is ended elsewhere stands at the door without having asked for anything", async () => {
  const { end } = house("/api/v1/session");
  const { greeted, dismiss } = dismissal();
  open("/models");
  await come();
  await vi.waitFor(() => expect(greeted).toHaveBeenCalled());

  end();
  dismiss();

  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("who has signed in again on another page goes on, by the session that there is now", async () => {
  const { beginAnew } = house("/api/v1/session");
  const { greeted, dismiss } = dismissal();
  open("/models");
  await come();
  await vi.waitFor(() => expect(greeted).toHaveBeenCalledTimes(1));

  beginAnew();
  dismiss();

  await vi.waitFor(() => expect(greeted).toHaveBeenCalledTimes(2), WITHIN);
  expect(await screen.findByRole("button", { name: "Sign out Ada" })).toBeVisible();
});

test("who may not come in is told why and can try again", async () => {
  house("/api/v1/session");
  open("/");

  await userEvent.type(await screen.findByLabelText("E-mail"), "ada@triptych.example");
  await userEvent.type(screen.getByLabelText("Password"), "wrong");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("no such account");
  expect(screen.getByRole("button", { name: "Sign in" })).toBeEnabled();
});

test("the first account is made by the link of the house, whose token is sent once", async () => {
  nobodyYet();
  const { asked } = house("/api/v1/setup");
  open("/setup#the-token");

  await userEvent.type(await screen.findByLabelText("E-mail"), "ada@triptych.example");
  await accept();

  expect(await screen.findByRole("button", { name: "Sign out Ada" })).toBeVisible();
  expect(asked).toEqual([
    { token: "the-token", email: "ada@triptych.example", name: "Ada", password: "correct horse battery" },
  ]);
  expect(location.pathname + location.hash).toBe("/");
});

test("an invitation asks for a name and a password alone", async () => {
  const { asked } = house("/api/v1/invitations/accept");
  open("/invitation#the-token");

  await accept();

  expect(await screen.findByRole("button", { name: "Sign out Ada" })).toBeVisible();
  expect(asked).toEqual([{ token: "the-token", name: "Ada", password: "correct horse battery" }]);
  expect(screen.queryByLabelText("E-mail")).toBeNull();
});

test("where nobody has an account yet the door says how the first is made, and asks nobody to sign in", async () => {
  nobodyYet();
  house("/api/v1/session");
  open("/chat");

  expect(await screen.findByRole("heading", { name: "Nobody has an account here yet" })).toBeVisible();
  expect(screen.getByText(/a link that the server writes where it was started/)).toBeVisible();
  expect(screen.queryByLabelText("Password")).toBeNull();
});

test("after the first account was made and left, people sign in", async () => {
  nobodyYet();
  house("/api/v1/setup");
  open("/setup#the-token");
  await userEvent.type(await screen.findByLabelText("E-mail"), "ada@triptych.example");
  await accept();

  await userEvent.click(await screen.findByRole("button", { name: "Sign out Ada" }));

  expect(await screen.findByRole("button", { name: "Sign in" })).toBeVisible();
});

test("the link of the first account says that it was made, once it was", async () => {
  house("/api/v1/setup");
  open("/setup#the-token");

  expect(await screen.findByRole("alert")).toHaveTextContent("The first account was made already");
  expect(screen.queryByLabelText("Password")).toBeNull();

  await userEvent.click(screen.getByRole("link", { name: "Sign in" }));

  expect(await screen.findByLabelText("Password")).toBeVisible();
});

test("the link of the first account says where another is, when it is over", async () => {
  nobodyYet();
  house("/api/v1/setup");
  usedUp("/api/v1/setup");
  open("/setup#an-old-token");

  await userEvent.type(await screen.findByLabelText("E-mail"), "ada@triptych.example");
  await accept();

  expect(await screen.findByRole("alert")).toHaveTextContent("Each start of the server writes another");
});

test("an invitation that was used says so in place of its form", async () => {
  house("/api/v1/invitations/accept");
  usedUp("/api/v1/invitations/accept");
  open("/invitation#the-token");

  await accept();

  expect(await screen.findByRole("heading", { name: "This link is no longer good" })).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent("This one was used already, is over, or was taken back");
  expect(screen.queryByLabelText("Password")).toBeNull();
});

test("who is in and opens an invitation is told for whom it is, and may accept it after signing out", async () => {
  house("/api/v1/session");
  server.use(http.get("*/api/v1/session", () => HttpResponse.json(ADA), { once: true }));
  open("/invitation#the-token");

  expect(await screen.findByRole("heading", { name: "You are signed in already" })).toBeVisible();
  expect(screen.getByText(/for somebody who is signed out, and you are Ada/)).toBeVisible();

  await userEvent.click(screen.getByRole("button", { name: "Sign out Ada" }));

  expect(await screen.findByRole("heading", { name: "Accept the invitation" })).toBeVisible();
});
