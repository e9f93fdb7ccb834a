import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import { AudioAnalysisViewer } from "@/viewers/AudioAnalysisViewer";
import type { AudioAnalysis } from "@/viewers/documents";
import { viewerOf } from "@/viewers/table";
import { server } from "../../setup";
import { aJob } from "../examples";
import { show } from "../render";

const job = aJob({ pipeline: "audio.analyze", state: "succeeded" });
const output = {
  name: "analysis.json",
  media_type: "application/vnd.triptych.audio-analysis+json",
  size_bytes: 9,
  url: "/api/v1/jobs/job-1/outputs/analysis.json",
};
const talk: AudioAnalysis = {
  duration_s: 75,
  codec: "mp3",
  sample_rate_hz: 44100,
  channels: 2,
  loudness: { integrated_lufs: -18.3, range_lu: 4.2, true_peak_dbtp: 0.4 },
  levels: { sample_peak_dbfs: -0.02, rms_dbfs: -21.5, dc_offset: 0.0125 },
  stereo_correlation: 0.98,
  clipping: { runs: 12, share: 0.00002, places: [{ start_s: 20, end_s: 21 }] },
  silence: { count: 1, duration_s: 15, share: 0.2, below_dbfs: -50, places: [{ start_s: 60, end_s: 75 }] },
  speech: { count: 2, duration_s: 50, share: 0.6667, places: [{ start_s: 0, end_s: 50 }] },
  peaks: { step_s: 37.5, low: [-0.5, -0.1], high: [0.4, 0.1] },
};

function view(analysis: AudioAnalysis) {
  server.use(http.get(`*${output.url}`, () => HttpResponse.json(analysis)));
  show(<AudioAnalysisViewer output={output} job={job} />);
}
const figure = async (name: string) =>
  within(await screen.findByLabelText("Figures")).getByText(name).nextElementSibling;

test("the analysis of a recording has a viewer of its own", () => {
  expect(viewerOf(output, job).title).toBe("What the recording holds");
});

test("the waveform says in words what it shows", async () => {
  view(talk);

  expect(
    await screen.findByRole("img", {
      name: "Waveform of 1:15: 2 stretches of speech, 1 silence, 1 clipped place",
    }),
  ).toBeInTheDocument();
});

test.each([
  ["Duration", "1:15 (75 s)"],
  ["Form", "mp3, 44100 Hz, 2 channels"],
  ["Loudness", "-18.3 LUFS"],
  ["True peak", "0.4 dBTP"],
  ["DC offset", "1.25 % of full scale"],
  ["Clipping", "12 runs, 0.0020 % of the samples"],
  ["Silence", "15.0 s, 20.0 % of the whole, below -50 dBFS"],
  ["Speech", "50.0 s, 66.7 % of the whole"],
  ["Stereo correlation", "0.98"],
])("%s reads as %s", async (name, expected) => {
  view(talk);

  expect(await figure(name)).toHaveTextContent(expected);
});

test("what silence has none of is told as none", async () => {
  const nothing = { count: 0, duration_s: 0, share: 0, places: [] };
  view({
    ...talk,
    loudness: { integrated_lufs: null, range_lu: null, true_peak_dbtp: null },
    clipping: { runs: 0, share: 0, places: [] },
    speech: nothing,
  });

  expect(await figure("Loudness")).toHaveTextContent("none");
  expect(await figure("Clipping")).toHaveTextContent("none");
  expect(screen.queryByText("Clipping", { selector: "figcaption *" })).not.toBeInTheDocument();
  expect(screen.getByText("Silence", { selector: "figcaption *" })).toBeInTheDocument();
});
