import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { Entities } from "@/viewers/documents";
import { EntitiesViewer } from "@/viewers/EntitiesViewer";
import { viewerOf } from "@/viewers/table";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

const job = aJob({ pipeline: "text.entities", state: "succeeded" });
const output = {
  name: "entities.json",
  media_type: "application/vnd.triptych.entities+json",
  size_bytes: 9,
  url: "/api/v1/jobs/job-1/outputs/entities.json",
};

function view(names: Entities["names"]) {
  server.use(http.get(`*${output.url}`, () => HttpResponse.json({ model: "bert-base-NER", names, entities: [] })));
  show(<EntitiesViewer output={output} job={job} />);
}

test("names are listed by what they name", async () => {
  view([
    { label: "PER", text: "Ada Lovelace", count: 3 },
    { label: "LOC", text: "London", count: 1 },
    { label: "PER", text: "Charles Babbage", count: 1 },
  ]);

  const people = await screen.findByRole("list", { name: "People" });
  expect(within(people).getAllByRole("listitem")[0]).toHaveTextContent("Ada Lovelace 3 times");
  expect(within(people).getByText("Charles Babbage")).toBeInTheDocument();
  expect(within(screen.getByRole("list", { name: "Places" })).getByText("London")).toBeInTheDocument();
  expect(viewerOf(output, job).title).toBe("Names");
});

test("a label that a model alone knows is told as it is", async () => {
  view([{ label: "DISEASE", text: "measles", count: 1 }]);

  expect(await screen.findByRole("list", { name: "DISEASE" })).toBeInTheDocument();
});

test("a document without names says so", async () => {
  view([]);

  expect(await screen.findByText("No name was found.")).toBeInTheDocument();
});
