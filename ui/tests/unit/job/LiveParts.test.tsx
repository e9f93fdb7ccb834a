import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { LiveParts } from "@/job/LiveParts";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

test("tokens show as one running text with its line breaks, also of a job without inputs", async () => {
  const texts = ["Bee", " keepers", " keep\n", "bees."];
  const items = texts.map((text, index) => ({ seq: index + 1, kind: "token", body: { text } }));
  server.use(http.get("*/api/v1/jobs/:id/parts", () => HttpResponse.json({ items, next: null })));

  show(<LiveParts job={aJob({ pipeline: "text.answer", state: "running", inputs: [] })} />);

  const shown = await screen.findByText(/Bee keepers/);
  expect(shown.textContent).toBe("Bee keepers keep\nbees.");
});
