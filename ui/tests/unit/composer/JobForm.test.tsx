import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import { Composer } from "@/composer/Composer";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

const accepted = () => HttpResponse.json(aJob(), { status: 202 });

beforeEach(async () => {
  show(<Composer onRun={() => {}} />);
  await userEvent.click(screen.getByRole("tab", { name: /^Text/ }));
  await userEvent.click(screen.getByLabelText("Text to work on"));
  await userEvent.paste("Some words.");
});
const run = async () => userEvent.click(await screen.findByRole("button", { name: /^Run/ }));

test("what is run again after its answer was lost is asked for under the same key, and only then", async () => {
  const keys: (string | null)[] = [];
  const answers = [() => HttpResponse.error(), accepted, accepted];
  server.use(
    http.post("*/api/v1/jobs", ({ request }) => {
      keys.push(request.headers.get("Idempotency-Key"));
      return (answers[keys.length - 1] ?? accepted)();
    }),
  );
  await run();
  await screen.findByText(/The server cannot be reached/);

  await run();
  await expect.poll(() => screen.getByLabelText("Text to work on")).toHaveValue("");
  await userEvent.click(screen.getByLabelText("Text to work on"));
  await userEvent.paste("Some words.");
  await run();

  await expect.poll(() => keys).toHaveLength(3);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});
