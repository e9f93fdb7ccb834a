import { act, render, screen, waitFor } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { App, newQueryClient } from "@/App";
import { jobKeys } from "@/api/jobs";
import { server } from "../../setup";
import { problem } from "../api";
import { ADA } from "../door/people";
import { aJob } from "../examples";

const NOTE = { name: "Waiting for the server" };

/** A server that answers until it is told to have everybody wait; each is asked back in a second. */
function house(code = "rate_limited", status = 429) {
  let isBusy = false;
  const unlessBusy = (told: () => HttpResponse<object>) => async () => {
    if (!isBusy) return told();
    await delay(50); // a network away
    const refusal = problem(status, { code, detail: "you may ask 3000 times a minute" });
    refusal.headers.set("Retry-After", "1");
    return refusal;
  };
  server.use(
    http.get(
      "*/api/v1/session",
      unlessBusy(() => HttpResponse.json(ADA)),
    ),
    http.get(
      "*/api/v1/jobs",
      unlessBusy(() => HttpResponse.json({ items: [aJob({ state: "succeeded" })], next: null })),
    ),
  );
  return { busy: (busy: boolean) => (isBusy = busy) };
}

function open() {
  history.replaceState(null, "", "/");
  const client = newQueryClient();
  render(<App client={client} />);
  return client;
}

test.each([
  ["rate_limited", 429, /perhaps by a program of yours/],
  ["database_away", 503, /away for a moment/],
])(
  "what is shown stays while the server has the page wait (%s), and a note says so until it answers",
  async (code, status, words) => {
    const { busy } = house(code, status);
    const client = open();
    await screen.findByRole("link", { name: /mill.txt/ });

    busy(true);
    act(() => void client.invalidateQueries({ queryKey: jobKeys.lists }));

    await waitFor(() => expect(screen.getByRole("status", NOTE)).toHaveTextContent(words));
    expect(screen.getByRole("link", { name: /mill.txt/ })).toBeVisible();

    busy(false);

    await waitFor(() => expect(screen.getByRole("status", NOTE)).toBeEmptyDOMElement());
    expect(screen.getByRole("link", { name: /mill.txt/ })).toBeVisible();
    expect(screen.queryByRole("alert")).toBeNull();
  },
);

test("the note stands still while news of jobs has the page ask all the time", async () => {
  const { busy } = house();
  const client = open();
  await screen.findByRole("link", { name: /mill.txt/ });
  busy(true);
  act(() => void client.invalidateQueries({ queryKey: jobKeys.lists }));
  const note = screen.getByRole("status", NOTE);
  await waitFor(() => expect(note).not.toBeEmptyDOMElement());
  const moves: MutationRecord[] = [];
  const watcher = new MutationObserver((seen) => moves.push(...seen));
  watcher.observe(note, { childList: true, subtree: true, characterData: true });

  for (let times = 0; times < 3; times += 1) {
    act(() => void client.invalidateQueries({ queryKey: jobKeys.lists }));
    await waitFor(() => expect(client.getQueryState(jobKeys.list(null))?.fetchFailureCount).toBe(0));
    await waitFor(() => expect(client.getQueryState(jobKeys.list(null))?.fetchFailureCount).toBe(1));
  }

  expect(moves).toEqual([]);
});

test("who comes while the server has everybody wait is told so, and let in by itself", async () => {
  const { busy } = house();
  busy(true);
  open();

  const told = await screen.findByText(/perhaps by a program of yours/);
  expect(told).not.toHaveTextContent("3000");
  expect(screen.queryByRole("heading", { name: "Studio" })).toBeNull();

  busy(false);

  expect(await screen.findByRole("button", { name: "Sign out Ada" })).toBeVisible();
});
