import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http, type JsonBodyType } from "msw";
import { Route, Routes } from "react-router";
import { describe, expect, test } from "vitest";
import type { Job, Part } from "@/api/types";
import { JobRoute } from "@/routes/JobRoute";
import { StudioRoute } from "@/routes/StudioRoute";
import { server } from "../setup";
import { problem } from "./api";
import { aFile, aJob } from "./examples";
import { show } from "./render";

function serveJob(job: Job, documents: Record<string, JsonBodyType> = {}, parts: Part[] = []) {
  server.use(
    http.get("*/api/v1/jobs/:id", () => HttpResponse.json(job)),
    http.get("*/api/v1/jobs/:id/parts", () => HttpResponse.json({ items: parts, next: null })),
    http.get("*/api/v1/jobs/:id/outputs/:name", ({ params }) => HttpResponse.json(documents[String(params.name)])),
  );
}
const showJob = () => show(<JobRoute />, { path: "/jobs/job-1", route: "/jobs/:id" });
const output = (name: string, media_type: string) => ({
  name,
  media_type,
  size_bytes: 9,
  url: `/api/v1/jobs/job-1/outputs/${name}`,
});
const done = (part: Partial<Job>) => aJob({ state: "succeeded", finished_at: "2026-11-22T10:00:09.000Z", ...part });

describe("the job page", () => {
  test("names the engine and shows its warnings", async () => {
    const engine = { name: "pocketsphinx", model: "en-us", version: "" };
    serveJob(done({ engine, warnings: ["A lesser engine stood in."] }));

    showJob();

    expect(await screen.findByText("pocketsphinx")).toBeInTheDocument();
    expect(screen.getByRole("region", { name: "Warnings" })).toHaveTextContent("A lesser engine stood in.");
  });

  test("tells why a job failed, its code and what to do", async () => {
    serveJob(done({ state: "failed", error: { code: "bad_input", message: "The file ends after 0.2 s." } }));

    showJob();

    const error = await screen.findByRole("region", { name: "Error" });
    expect(error).toHaveTextContent("The file ends after 0.2 s.");
    expect(error).toHaveTextContent("bad_input");
    expect(error).toHaveTextContent("start a new job with another file");
  });

  test.each([
    ["encrypted_pdf", /without its password/],
    ["empty_piece", /other times/],
    ["time_limit", /more time \(“Give up after”\)/],
    ["server_away", /as soon as that is back/],
    ["poisoned", /not tried by itself any more/],
    ["a_new_code", /Look at the message/],
  ])("says what helps against %s", async (code, advice) => {
    serveJob(done({ state: "failed", error: { code, message: "It failed." } }));

    showJob();

    expect(await screen.findByRole("region", { name: "Error" })).toHaveTextContent(advice);
  });

  test("opens the studio with its stored inputs and parameters, to run them otherwise", async () => {
    serveJob(done({ state: "failed", params: { sentences: 3 } }));
    server.use(http.get("*/api/v1/files/:id", () => HttpResponse.json(aFile({ media_type: "text/plain" }))));
    const routes = (
      <Routes>
        <Route index element={<StudioRoute />} />
        <Route path="jobs/:id" element={<JobRoute />} />
      </Routes>
    );
    show(routes, { path: "/jobs/job-1" });

    await userEvent.click(await screen.findByRole("button", { name: "Run with other parameters" }));

    expect(await screen.findByRole("radio", { name: /^Summarize/ })).toBeChecked();
    expect(screen.getByRole("spinbutton", { name: "Sentences" })).toHaveValue(3);
    expect(screen.getByRole("button", { name: "Remove talk.wav" })).toBeInTheDocument();
  });

  test("offers no other parameters for a model that was brought, and is named after it", async () => {
    serveJob(done({ pipeline: "models.pull", inputs: [], params: { name: "whisper/base" } }));

    showJob();

    expect(await screen.findByRole("heading", { level: 1, name: "whisper/base" })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Run again" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Run with other parameters" })).not.toBeInTheDocument();
  });

  test("runs a finished job again only after it was confirmed", async () => {
    const retried: string[] = [];
    serveJob(done({}));
    server.use(
      http.post("*/api/v1/jobs/:id/retry", ({ params }) => {
        retried.push(String(params.id));
        return HttpResponse.json(aJob({ attempt: 2 }), { status: 202 });
      }),
    );
    showJob();
    await userEvent.click(await screen.findByRole("button", { name: "Run again" }));
    const before = [...retried];

    await userEvent.click(screen.getByRole("button", { name: "Run it again" }));

    await expect.poll(() => retried).toEqual(["job-1"]);
    expect(before).toEqual([]);
  });

  test("shows what a running job has given so far", async () => {
    const body = { start_s: 65, end_s: 70, text: "Good morning." };
    const progress = { fraction: 0.4, note: "transcribing" };
    serveJob(aJob({ state: "running", progress }), {}, [{ seq: 1, kind: "segment", body }]);

    showJob();

    expect(await screen.findByText("Good morning.")).toBeInTheDocument();
    expect(screen.getByText("1:05")).toBeInTheDocument();
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "40");
  });

  test("gives no number while a running job has only begun", async () => {
    serveJob(aJob({ state: "running", progress: { fraction: 0, note: "decoding" } }));

    showJob();

    expect(await screen.findByText("decoding")).toBeInTheDocument();
    expect(screen.getByRole("progressbar")).not.toHaveAttribute("aria-valuenow");
    expect(screen.queryByText(/%/)).not.toBeInTheDocument();
  });

  test("a click on a transcript's segment moves the player and marks the segment", async () => {
    const segments = [
      { id: 0, start_s: 0, end_s: 2, text: "One." },
      { id: 1, start_s: 2.5, end_s: 4, text: "Two." },
    ];
    serveJob(done({ outputs: [output("t.json", "application/vnd.triptych.transcript+json")] }), {
      "t.json": { language: "en", duration_s: 4, segments },
    });
    showJob();

    await userEvent.click(await screen.findByRole("button", { name: /Two\./ }));

    expect(screen.getByLabelText<HTMLAudioElement>("Player of mill.txt").currentTime).toBe(2.5);
    expect(screen.getByRole("button", { current: true })).toHaveTextContent("Two.");
  });

  test("a focused line is marked in the picture", async () => {
    const lines = ["First", "Second"].map((text, y) => ({
      text,
      confidence: 0.9,
      box: { x: 0, y, width: 9, height: 9 },
    }));
    serveJob(done({ outputs: [output("page.json", "application/vnd.triptych.page+json")] }), {
      "page.json": { width_px: 90, height_px: 60, lines },
    });
    showJob();

    (await screen.findByRole("button", { name: /^Second/ })).focus();

    const boxes = within(await screen.findByTestId("boxes"));
    const marked = (name: string) => boxes.getByText(name).parentElement?.classList.contains("stroke-3");
    await expect.poll(() => [marked("First"), marked("Second")]).toEqual([false, true]);
  });

  test("offers every output for download, also those it cannot show", async () => {
    serveJob(done({ outputs: [output("a.bin", "application/x-unknown"), output("b.srt", "application/x-subrip")] }));

    showJob();

    expect(await screen.findByRole("link", { name: "Download a.bin" })).toHaveAttribute("download", "a.bin");
    expect(screen.getByRole("link", { name: "Download b.srt" })).toHaveAttribute(
      "href",
      "/api/v1/jobs/job-1/outputs/b.srt",
    );
  });

  test("shows keywords as a ranked list", async () => {
    const keywords = [
      { text: "old mill", score: 1 },
      { text: "wheel", score: 0.5 },
    ];
    serveJob(done({ pipeline: "text.keywords", outputs: [output("keywords.json", "application/json")] }), {
      "keywords.json": { language: "en", keywords },
    });

    showJob();

    const list = within(await screen.findByRole("list", { name: "Keywords" }));
    const shown = list.getAllByRole("listitem").map(({ textContent }) => textContent);
    expect(shown).toEqual(["old mill100.0 %", "wheel50.0 %"]);
  });

  test("lists what people read before what programs read", async () => {
    const outputs = [output("t.json", "application/vnd.triptych.transcript+json"), output("t.txt", "text/plain")];
    serveJob(done({ outputs }), { "t.json": { language: "en", duration_s: 4, segments: [] } });

    showJob();

    const links = within(await screen.findByRole("region", { name: "Result files" })).getAllByRole("link");
    expect(links.map(({ textContent }) => textContent)).toEqual(["t.txt", "t.json"]);
    expect(screen.getByRole("region", { name: "Transcript" })).toBeInTheDocument();
  });

  test("stays in sight while the server does not answer", async () => {
    serveJob(aJob({ state: "running" }));
    const { client } = showJob();
    await screen.findByText("Under way");
    server.use(http.get("*/api/v1/jobs/*", () => HttpResponse.error()));

    await client.invalidateQueries();

    expect(client.getQueryState(["job", "job-1"])?.status).toBe("error");
    expect(screen.getByText("Under way")).toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});

describe("the list of jobs", () => {
  function serveJobs(...jobs: Job[]) {
    server.use(
      http.get("*/api/v1/jobs", ({ request }) => {
        const state = new URL(request.url).searchParams.get("state");
        return HttpResponse.json({ items: jobs.filter((job) => state === null || job.state === state), next: null });
      }),
      http.get("*/api/v1/jobs/:id", ({ params }) => {
        const job = jobs.find(({ id }) => id === params.id);
        return HttpResponse.json({ ...job, position: 3, eta_s: 41.5 });
      }),
    );
  }
  const rows = async () => within(await screen.findByRole("region", { name: "Jobs" }));

  test("tells a queued job's place and time to go", async () => {
    serveJobs(aJob());

    show(<StudioRoute />);

    expect(await (await rows()).findByText("Number 3 in the queue, about 40 s")).toBeInTheDocument();
  });

  test("marks a job with warnings, and leaves their words to a tooltip", async () => {
    serveJobs(done({ warnings: ["A lesser engine stood in."] }));

    show(<StudioRoute />);

    const mark = await (await rows()).findByText("1 note");
    expect(mark).toHaveAttribute("title", "A lesser engine stood in.");
  });

  test("shows only the state that was chosen", async () => {
    serveJobs(aJob(), done({ id: "job-2" }));
    show(<StudioRoute />);
    await (await rows()).findByRole("button", { name: "Cancel: mill.txt" });

    await userEvent.selectOptions(screen.getByLabelText("Show"), "Done");

    expect(await (await rows()).findByRole("button", { name: "Run again: mill.txt" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Cancel: mill.txt" })).not.toBeInTheDocument();
  });

  test("deletes with its inputs, only after it was confirmed", async () => {
    const deleted: string[] = [];
    serveJobs(done({}));
    server.use(
      http.delete("*/api/v1/jobs/:id", ({ request }) => {
        deleted.push(request.url.replace(/.*\/jobs\//, ""));
        return new HttpResponse(null, { status: 204 });
      }),
    );
    show(<StudioRoute />);
    await userEvent.click(await screen.findByRole("button", { name: "Delete: mill.txt" }));
    const before = [...deleted];

    await userEvent.click(screen.getByRole("button", { name: "Delete for good" }));

    expect(await screen.findByText("mill.txt is deleted.")).toBeInTheDocument();
    expect([before, deleted]).toEqual([[], ["job-1?inputs=true"]]);
    expect(screen.queryByRole("link", { name: "mill.txt" })).not.toBeInTheDocument();
  });

  test("says what went wrong when it cannot be loaded, and tries again", async () => {
    server.use(
      http.get("*/api/v1/jobs", () => problem(500, { code: "internal", detail: "It broke." }), { once: true }),
    );
    show(<StudioRoute />);

    await userEvent.click(await screen.findByRole("button", { name: "Try again" }));

    expect(await screen.findByText(/^No jobs yet/)).toBeInTheDocument();
  });
});
