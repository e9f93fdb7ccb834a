import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, test } from "vitest";
import { Composer } from "@/composer/Composer";
import { server } from "../../setup";
import { problem } from "../api";
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
const openLimit = async () => userEvent.click(await screen.findByText("Time limit"));
const minutes = () => screen.getByRole("spinbutton", { name: "Give up after (minutes)" });

describe("the time limit", () => {
  test("is the pipeline's own where nothing is written, and shows what that is", async () => {
    await openLimit();

    expect(minutes()).toHaveAttribute("placeholder", "60");
    expect(minutes()).toHaveAccessibleDescription(/Left empty: after 60 min\./);
  });

  test("is written in minutes and sent in seconds", async () => {
    const asked: unknown[] = [];
    server.use(
      http.post("*/api/v1/jobs", async ({ request }) => {
        asked.push(await request.json());
        return accepted();
      }),
    );
    await openLimit();

    await userEvent.type(minutes(), "1.5");
    await run();

    await screen.findByText("The job is accepted.");
    expect(asked).toEqual([expect.objectContaining({ time_limit_s: 90 })]);
  });

  test("that is refused is told at its field alone", async () => {
    const errors = [{ where: "time_limit_s", message: "Input should be less than or equal to 604800" }];
    server.use(http.post("*/api/v1/jobs", () => problem(422, { code: "invalid_request", detail: "No.", errors })));
    await openLimit();

    await userEvent.type(minutes(), "20000");
    await run();

    expect(await screen.findByRole("alert")).toHaveTextContent(/^Give up after \(minutes\) should be less than/);
    expect(minutes()).toHaveFocus();
    expect(screen.queryByText("The job was not accepted")).not.toBeInTheDocument();
  });
});

test("a full quota is told with what helps, and the draft is kept", async () => {
  const detail = "3 of your jobs may wait at a time, and 3 do: wait until some are done";
  server.use(http.post("*/api/v1/jobs", () => problem(429, { code: "quota_exceeded", detail })));

  await run();

  const told = await screen.findByRole("alert");
  expect(told).toHaveTextContent("3 of your jobs may wait at a time, and 3 do: wait until some are done.");
  expect(told).toHaveTextContent("Jobs that you cancel or delete make room at once.");
  expect(screen.getByLabelText("Text to work on")).toHaveValue("Some words.");
});

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

describe("the memory", () => {
  test.each([
    ["by itself", 0, true],
    ["not when that is unticked", 1, false],
  ])("has what comes of a job %s", async (_, clicks, remember) => {
    const asked: unknown[] = [];
    server.use(
      http.post("*/api/v1/jobs", async ({ request }) => {
        asked.push(await request.json());
        return accepted();
      }),
    );
    const box = await screen.findByRole("checkbox", { name: "Remember what comes of it" });

    for (let click = 0; click < clicks; click++) await userEvent.click(box);
    await run();

    await screen.findByText("The job is accepted.");
    expect(asked).toEqual([expect.objectContaining({ remember })]);
  });
});
