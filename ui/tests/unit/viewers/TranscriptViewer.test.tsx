import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import type { Transcript } from "@/viewers/documents";
import { TranscriptViewer } from "@/viewers/TranscriptViewer";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

const output = {
  name: "transcript.json",
  media_type: "application/vnd.triptych.transcript+json",
  size_bytes: 9,
  url: "/api/v1/jobs/job-1/outputs/transcript.json",
};

function view(speakers: (string | undefined)[], told?: string[], path = "/jobs/job-1") {
  const segments = speakers.map((speaker, id) => ({
    id,
    start_s: id,
    end_s: id + 1,
    text: `Words ${id}.`,
    ...(speaker && { speaker }),
  }));
  const transcript: Transcript = { language: "en", duration_s: 9, segments, ...(told && { speakers: told }) };
  server.use(http.get(`*${output.url}`, () => HttpResponse.json(transcript)));
  return show(<TranscriptViewer output={output} job={aJob({ outputs: [output] })} />, { path });
}

test("a turn begins with its speaker's name, in that speaker's colour", async () => {
  view(["S1", "S1", "S2", "S1"], ["S1", "S2"]);

  const names = await screen.findAllByText(/^S\d:$/);
  const shown = names.filter(({ classList }) => !classList.contains("sr-only"));
  expect(shown.map(({ textContent }) => textContent)).toEqual(["S1: ", "S2: ", "S1: "]);
  expect(shown[0]?.className).toBe(shown[2]?.className);
  expect(shown[0]?.className).not.toBe(shown[1]?.className);
  expect(screen.getByText(/2 speakers/)).toBeVisible();
});

test("who hears the page is told the speaker of every segment", async () => {
  view(["S1", "S1", "S2"], ["S1", "S2"]);

  const rows = within(await screen.findByRole("list", { name: "Segments" })).getAllByRole("button");

  expect(rows.map(({ textContent }) => textContent)).toEqual([
    "0:00S1: Words 0.",
    "0:01S1: Words 1.",
    "0:02S2: Words 2.",
  ]);
});

test("what nobody is known to say has no name", async () => {
  view(["S1", undefined], ["S1"]);

  expect(await screen.findByRole("button", { name: /Words 1/ })).toHaveTextContent("0:01Words 1.");
});

test("a transcript whose speakers were not told apart names none", async () => {
  view([undefined, undefined]);

  expect(await screen.findByText(/2 segments/)).toHaveTextContent("2 segments, 0:09, language: en");
  expect(screen.queryByText(/S\d/)).toBeNull();
});

test("a transcript opens at the second that the address asks for", async () => {
  const scrolled = vi.spyOn(Element.prototype, "scrollIntoView");
  view([undefined, undefined, undefined], undefined, "/jobs/job-1?t=1.4");

  const asked = await screen.findByRole("button", { current: true });

  expect(asked).toHaveTextContent("Words 1.");
  expect(scrolled.mock.contexts).toEqual([asked]);
  expect(screen.getByLabelText("Player of mill.txt")).toHaveAttribute("src", "/api/v1/files/file-1/content#t=1.4");
});

test.each(["soon", "-3", "", "1e999"])("a second that makes no sense is passed over: %s", async (second) => {
  view([undefined, undefined], undefined, `/jobs/job-1?t=${second}`);

  expect(await screen.findByRole("button", { name: /Words 0/ })).toHaveAttribute("aria-current", "false");
  expect(screen.getByLabelText("Player of mill.txt")).toHaveAttribute("src", "/api/v1/files/file-1/content");
});
