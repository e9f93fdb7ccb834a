import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { expect, test, vi } from "vitest";
import { jobKeys } from "@/api/jobs";
import type { Job, Part } from "@/api/types";
import { JobRoute } from "@/routes/JobRoute";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

const aPiece = (seq: number, start_s: number, output: string): Part => ({
  seq,
  kind: "speech",
  body: { text: `Piece ${output}.`, start_s, end_s: start_s + 10, output },
});
const speaking = aJob({ pipeline: "audio.speak", state: "running" });

function serve(job: Job, parts: Part[]) {
  server.use(
    http.get("*/api/v1/jobs/:id", () => HttpResponse.json(job)),
    http.get("*/api/v1/jobs/:id/parts", () => HttpResponse.json({ items: parts, next: null })),
  );
  return show(<JobRoute />, { path: "/jobs/job-1", route: "/jobs/:id" });
}
const player = () => screen.getByLabelText<HTMLAudioElement>("Player of what is spoken so far");

test("pieces play one after the other, and the player waits for the next", async () => {
  serve(speaking, [aPiece(1, 0, "a.mp3"), aPiece(2, 10, "b.mp3")]);

  await userEvent.click(await screen.findByRole("button", { name: "Listen" }));

  expect(player()).toHaveAttribute("src", "/api/v1/jobs/job-1/outputs/a.mp3");
  fireEvent.ended(player());
  expect(player()).toHaveAttribute("src", "/api/v1/jobs/job-1/outputs/b.mp3");
  fireEvent.ended(player());
  expect(screen.getByText("Waiting for the next piece")).toBeInTheDocument();
});

test("what another engine began anew takes the place of what was spoken before", async () => {
  serve(speaking, [aPiece(1, 0, "gtts.mp3"), aPiece(2, 10, "gtts-2.mp3"), aPiece(3, 0, "espeak.mp3")]);

  expect(await screen.findByText("Piece espeak.mp3.")).toBeInTheDocument();
  expect(screen.queryByText("Piece gtts.mp3.")).not.toBeInTheDocument();
});

test("who listens when the whole is there hears on where the piece was", async () => {
  const play = vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  const { client } = serve(speaking, [aPiece(1, 0, "a.mp3"), aPiece(2, 10, "b.mp3")]);
  await userEvent.click(await screen.findByRole("button", { name: "Listen" }));
  fireEvent.ended(player());
  Object.defineProperty(player(), "paused", { value: false });
  player().currentTime = 4;
  fireEvent.timeUpdate(player());

  const url = "/api/v1/jobs/job-1/outputs/speech.mp3";
  const output = { name: "speech.mp3", media_type: "audio/mpeg", size_bytes: 9, url };
  client.setQueryData(jobKeys.one("job-1"), { ...speaking, state: "succeeded", outputs: [output] });

  const whole = await screen.findByLabelText<HTMLAudioElement>("Player of speech.mp3");
  fireEvent.loadedMetadata(whole);
  await waitFor(() => expect(play).toHaveBeenCalled());
  expect(whole.currentTime).toBe(14);
});
