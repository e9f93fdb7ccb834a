import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { AnswerViewer } from "@/viewers/AnswerViewer";
import type { Answered } from "@/viewers/documents";
import { viewerOf } from "@/viewers/table";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

const output = {
  name: "answer.md",
  media_type: "text/markdown",
  size_bytes: 9,
  url: "/api/v1/jobs/job-1/outputs/answer.md",
};
const answered: Answered = {
  question: "How many ships came?",
  answer: "There were 412 [1].",
  citations: [
    { number: 1, source: 0, name: "mill.txt", start: 10, end: 52 },
    { number: 2, source: 1, name: "gone.pdf", start: 0, end: 9, page: 3 },
  ],
};
const job = aJob({ pipeline: "text.answer", result: { ...answered } });

test("an answer is shown below its question", () => {
  show(<AnswerViewer output={output} job={job} />);

  expect(screen.getByRole("heading", { name: "How many ships came?" })).toBeInTheDocument();
  expect(screen.getByText("There were 412 [1].")).toBeInTheDocument();
  expect(viewerOf(output, job).title).toBe("Answer");
});

test("a citation leads to the document, and says where in it", () => {
  show(<AnswerViewer output={output} job={job} />);

  const [first, second] = within(screen.getByRole("list", { name: "Sources" })).getAllByRole("listitem");
  expect(first).toHaveTextContent("[1] mill.txt, characters 10 to 52");
  expect(within(first as HTMLElement).getByRole("link", { name: "mill.txt" })).toHaveAttribute(
    "href",
    "/files/file-1?from=10&to=52",
  );
  expect(second).toHaveTextContent("[2] gone.pdf, page 3");
  expect(within(second as HTMLElement).queryByRole("link")).not.toBeInTheDocument();
});

test("what was heard and seen opens where it was found, at its place", () => {
  const box = { x: 1, y: 2, width: 3, height: 4 };
  const citations = [
    { number: 1, source: 0, name: "call.wav", kind: "segment", start_s: 61, end_s: 65, job_id: "job-2" },
    { number: 2, source: 1, name: "sign.png", kind: "line", box, page: 1, job_id: "job-3" },
    { number: 3, source: 2, name: "notes.txt", kind: "passage", start: 5, end: 9, job_id: null },
  ];
  const describing = aJob({ pipeline: "fusion.describe", result: { ...answered, citations } });
  show(<AnswerViewer output={output} job={describing} />);

  const links = within(screen.getByRole("list", { name: "Sources" })).getAllByRole("link");
  expect(links.map((link) => link.getAttribute("href"))).toEqual([
    "/jobs/job-2?t=61",
    "/jobs/job-3?page=1&box=1,2,3,4",
  ]);
  expect(screen.getByText(", at 1:01")).toBeInTheDocument();
  expect(screen.getByText(", characters 5 to 9")).toBeInTheDocument();
  expect(viewerOf(output, describing).title).toBe("Answer");
});

test("what was put on one axis of time tells when it happened", () => {
  const citations = [
    {
      ...{ number: 1, source: 0, name: "call.wav", kind: "segment", start_s: 3, end_s: 9, job_id: "job-2" },
      happened: { begin: "2026-11-27T10:03:03.500Z", end: "2026-11-27T10:03:09.000Z" },
    },
    {
      ...{ number: 2, source: 1, name: "gate.jpg", kind: "labels", job_id: "job-3" },
      happened: { begin: "2026-11-27T11:03:05.000", end: "2026-11-27T11:03:05.000" },
    },
  ];
  show(<AnswerViewer output={output} job={aJob({ result: { ...answered, citations } })} />);

  const [said, seen] = within(screen.getByRole("list", { name: "Sources" })).getAllByRole("listitem");
  expect(said).toHaveTextContent("[1] call.wav, at 0:03 (2026-11-27 10:03:03 UTC)");
  expect(seen).toHaveTextContent("[2] gate.jpg, what it shows (2026-11-27 11:03:05)");
});

test("without a result the file itself is shown", async () => {
  server.use(http.get(`*${output.url}`, () => HttpResponse.text("As it was written.")));
  show(<AnswerViewer output={output} job={aJob({ pipeline: "text.answer" })} />);

  expect(await screen.findByText("As it was written.")).toBeInTheDocument();
});
