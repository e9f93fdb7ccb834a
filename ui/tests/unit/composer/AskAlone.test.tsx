import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test } from "vitest";
import type { Pipeline } from "@/api/types";
import { Composer } from "@/composer/Composer";
import { draftFrom } from "@/composer/draft";
import { server } from "../../setup";
import { aJob, SUMMARIZE } from "../examples";
import { show } from "../render";

const ANSWER: Pipeline = {
  ...SUMMARIZE,
  name: "text.answer",
  title: "Answer a question",
  min_sources: 0,
  max_sources: 20,
  params_schema: { properties: { question: { type: "string", title: "Question" } }, required: ["question"] },
};
const PULL: Pipeline = { ...ANSWER, name: "models.pull", kind: "models", accepts: [], max_sources: 0 };

function serverIs(available: boolean, why = "") {
  const items = [{ capability: "answer", engine: "openai-compatible", available, why }];
  server.use(http.get("*/api/v1/models", () => HttpResponse.json({ items, models: [] })));
}
const ask = async () => {
  show(<Composer onRun={() => {}} />);
  await userEvent.click(await screen.findByRole("button", { name: "Ask a question without a document" }));
};

beforeEach(() =>
  server.use(http.get("*/api/v1/pipelines", () => HttpResponse.json({ items: [PULL, SUMMARIZE, ANSWER] }))),
);

test("a question is asked without any document", async () => {
  const submitted: unknown[] = [];
  serverIs(true);
  server.use(
    http.post("*/api/v1/jobs", async ({ request }) => {
      submitted.push(await request.json());
      return HttpResponse.json(aJob({ inputs: [], params: { question: "When?" } }), { status: 202 });
    }),
  );
  await ask();

  await userEvent.type(await screen.findByLabelText(/^Question/), "When?");
  await userEvent.click(screen.getByRole("button", { name: "Run: Answer a question" }));

  await expect
    .poll(() => submitted)
    .toEqual([{ pipeline: "text.answer", priority: "interactive", remember: true, params: { question: "When?" } }]);
  expect(screen.queryByLabelText(/^Question/)).not.toBeInTheDocument();
});

test("a question that was asked is opened again to be asked otherwise", async () => {
  serverIs(true);
  const job = aJob({ pipeline: "text.answer", inputs: [], params: { question: "When?" }, state: "failed" });
  draftFrom(job, [], 3600);

  show(<Composer onRun={() => {}} />);

  expect(await screen.findByLabelText(/^Question/)).toHaveValue("When?");
});

test("where no server is configured, that is told in place of the form, with what helps", async () => {
  serverIs(false, "no server is configured: set TRIPTYCH_ANSWER_URL");

  await ask();

  expect(await screen.findByText(/No server is configured: set TRIPTYCH_ANSWER_URL\./)).toBeInTheDocument();
  expect(screen.getByText(/their best sentences can be quoted/)).toBeInTheDocument();
  expect(screen.queryByLabelText(/^Question/)).not.toBeInTheDocument();
});

test("a server of which nobody knows yet whether it answers may be asked", async () => {
  serverIs(false, "unknown: it needs the network, which no worker has tried lately");

  await ask();

  expect(await screen.findByLabelText(/^Question/)).toBeInTheDocument();
});
