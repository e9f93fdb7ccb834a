import { act, screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { jobKeys } from "@/api/jobs";
import { LiveParts } from "@/job/LiveParts";
import { applyEvent } from "@/live/apply";
import { server } from "../../setup";
import { aJob, anEvent } from "../examples";
import { show } from "../render";

test("tokens show as one running text with its line breaks, also of a job without inputs", async () => {
  const texts = ["Bee", " keepers", " keep\n", "bees."];
  const items = texts.map((text, index) => ({ seq: index + 1, kind: "token", body: { text } }));
  server.use(http.get("*/api/v1/jobs/:id/parts", () => HttpResponse.json({ items, next: null })));

  show(<LiveParts job={aJob({ pipeline: "text.answer", state: "running", inputs: [] })} />);

  await screen.findByText(/Bee keepers/);
  await waitFor(() => expect(screen.getByText(/Bee keepers/).innerHTML).toBe("Bee keepers keep<br>\nbees."));
});

test("what is being said stands below what was said until it stands for good", async () => {
  server.use(http.get("*/api/v1/jobs/:id/parts", () => HttpResponse.json({ items: [], next: null })));
  const job = aJob({ pipeline: "audio.listen", state: "running" });
  const { client } = show(<LiveParts job={job} />);
  client.setQueryData(jobKeys.one(job.id), job);
  await screen.findByText(/appears here/);
  const body = (text: string) => ({ start_s: 1, end_s: 2, text });

  act(() => void applyEvent(client, anEvent("job.partial", { kind: "segment", body: body("three one"), attempt: 1 })));
  const partial = await screen.findByText("three one");
  act(
    () =>
      void applyEvent(
        client,
        anEvent("job.part", { seq: 1, kind: "segment", body: body("three one four"), attempt: 1 }),
      ),
  );

  expect(await screen.findByText("three one four")).toBeInTheDocument();
  expect(partial).not.toBeInTheDocument();
});
