import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, test } from "vitest";
import { jobKeys } from "@/api/jobs";
import type { Engine, Job, Model } from "@/api/types";
import { applyEvent } from "@/live/apply";
import { ModelsRoute } from "@/routes/ModelsRoute";
import { server } from "../../setup";
import { problem } from "../api";
import { aJob, aModel, anEvent } from "../examples";
import { show } from "../render";

const ENGINE: Engine = { capability: "transcribe", engine: "ctranslate2", available: true, why: "" };
const pullJob = (part: Partial<Job> = {}) =>
  aJob({ pipeline: "models.pull", lane: "net", inputs: [], params: { name: "whisper/base" }, ...part });

/** The models as the API tells them; what is told may be changed later. */
function tell(...models: Model[]) {
  const told = { items: [ENGINE], models };
  server.use(http.get("*/api/v1/models", () => HttpResponse.json(told)));
  return told;
}
const serveJob = (job: Job) => server.use(http.get("*/api/v1/jobs/:id", () => HttpResponse.json(job)));
const row = async (name: string) => {
  const heading = await screen.findByRole("heading", { level: 3, name });
  return within(heading.closest("li") as HTMLElement);
};

describe("a model that is here", () => {
  test("tells its size, licence, memory and who has loaded it", async () => {
    const loaded = [{ worker: "cpu@host", process_id: 7, size_bytes: 290_000_000 }];
    tell(aModel({ present: true, size_bytes: 145_000_000, memory_bytes: 287_000_000, loaded }));

    show(<ModelsRoute />);

    const model = await row("whisper/base");
    for (const fact of ["Here", "MIT", "145.0 MB", "287.0 MB when loaded", "1 process: cpu@host (7, 290.0 MB)"])
      expect(model.getByText(fact)).toBeInTheDocument();
    expect(screen.getByRole("region", { name: "Speech to text" })).toHaveTextContent("ctranslate2 can run");
    expect(screen.getByText(/1 model, 1 of them here/)).toBeInTheDocument();
  });

  test("is removed only after it was confirmed", async () => {
    const told = tell(aModel({ present: true, size_bytes: 145_000_000 }));
    const removed: string[] = [];
    server.use(
      http.delete("*/api/v1/models/*", ({ request }) => {
        removed.push(decodeURIComponent(new URL(request.url).pathname));
        told.models = [aModel()];
        return new HttpResponse(null, { status: 204 });
      }),
    );
    show(<ModelsRoute />);
    await userEvent.click(await screen.findByRole("button", { name: "Remove whisper/base" }));
    const question = screen.getByRole("group", { name: "Remove whisper/base?" });
    const before = [question.textContent, ...removed];

    await userEvent.click(within(question).getByRole("button", { name: "Remove for good" }));

    expect(await screen.findByText("whisper/base is removed.")).toBeInTheDocument();
    expect(before).toEqual([expect.stringContaining("(145.0 MB)")]);
    expect(removed).toEqual(["/api/v1/models/whisper/base"]);
    expect(await screen.findByRole("button", { name: "Bring whisper/base" })).toBeInTheDocument();
    expect(screen.getByRole("heading", { level: 1, name: "Models" })).toHaveFocus();
  });

  test("that is kept after all has the focus where it was", async () => {
    tell(aModel({ present: true, size_bytes: 145_000_000 }));
    show(<ModelsRoute />);
    await userEvent.click(await screen.findByRole("button", { name: "Remove whisper/base" }));

    await userEvent.click(screen.getByRole("button", { name: "Keep" }));

    expect(screen.getByRole("button", { name: "Remove whisper/base" })).toHaveFocus();
  });

  test("stays where it cannot be removed, and says why", async () => {
    tell(aModel({ present: true, size_bytes: 1 }));
    const detail = "whisper/base cannot be taken from the disk: it is read-only";
    server.use(http.delete("*/api/v1/models/*", () => problem(409, { code: "model_not_removed", detail })));
    show(<ModelsRoute />);
    await userEvent.click(await screen.findByRole("button", { name: "Remove whisper/base" }));

    await userEvent.click(screen.getByRole("button", { name: "Remove for good" }));

    expect(await screen.findByRole("alert")).toHaveTextContent("it is read-only");
  });

  test("of a package can be neither brought nor removed", async () => {
    tell(aModel({ present: true, where: "rapidocr" }), aModel({ name: "espeak-ng/voices", where: "espeakng-loader" }));

    show(<ModelsRoute />);

    expect((await row("whisper/base")).getByText("the package rapidocr")).toBeInTheDocument();
    expect((await row("espeak-ng/voices")).getByText("Install that package to have it.")).toBeInTheDocument();
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });
});

describe("a model that is not here", () => {
  test("is brought, and shows how far it is as the events tell it", async () => {
    const told = tell(aModel());
    serveJob(pullJob({ state: "running", attempt: 1 }));
    server.use(
      http.post("*/api/v1/models", async ({ request }) => {
        const { name } = (await request.json()) as { name: string };
        told.models = [aModel({ name, pull: { job_id: "job-1", state: "running", progress: null } })];
        return HttpResponse.json(pullJob({ state: "running", attempt: 1 }), { status: 202 });
      }),
    );
    const { client } = show(<ModelsRoute />);
    await userEvent.click(await screen.findByRole("button", { name: "Bring whisper/base" }));
    await screen.findByRole("progressbar", { name: "Progress of whisper/base" });
    await expect.poll(() => client.isFetching({ queryKey: jobKeys.one("job-1") })).toBe(0);

    applyEvent(
      client,
      anEvent("job.progress", { fraction: 0.25, note: "fetching base.pt: 36 of 138 MiB", attempt: 1 }),
    );

    expect(await screen.findByText("fetching base.pt: 36 of 138 MiB")).toBeInTheDocument();
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "25");
    expect(screen.getByText("On its way")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Cancel: whisper/base" })).toHaveFocus();
  });

  test("is here as soon as an event tells that its job is done", async () => {
    const told = tell(aModel({ pull: { job_id: "job-1", state: "running", progress: null } }));
    serveJob(pullJob({ state: "running" }));
    const { client } = show(<ModelsRoute />);
    await screen.findByText("On its way");
    told.models = [aModel({ present: true, size_bytes: 9 })];
    serveJob(pullJob({ state: "succeeded", finished_at: "2026-11-22T10:00:09.000Z", warnings: ["Not verified."] }));

    const end = { state: "succeeded" as const, error: null, warnings: [], cached: false, attempt: 1 };
    applyEvent(client, { ...anEvent("job.finished", end), pipeline: "models.pull" });

    expect(await screen.findByText("Here")).toBeInTheDocument();
    expect(await screen.findByText("Not verified.")).toBeInTheDocument();
    expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
  });

  test("can be cancelled while it is on its way", async () => {
    tell(aModel({ pull: { job_id: "job-1", state: "running", progress: null } }));
    serveJob(pullJob({ state: "running" }));
    const cancelled: string[] = [];
    server.use(
      http.post("*/api/v1/jobs/:id/cancel", ({ params }) => {
        cancelled.push(String(params.id));
        return HttpResponse.json(pullJob({ state: "running" }));
      }),
    );
    show(<ModelsRoute />);

    await userEvent.click(await screen.findByRole("button", { name: "Cancel: whisper/base" }));

    await expect.poll(() => cancelled).toEqual(["job-1"]);
  });

  test("tells why it was not brought, and can be brought again", async () => {
    const told = tell(aModel({ pull: { job_id: "job-1", state: "running", progress: null } }));
    serveJob(pullJob({ state: "running" }));
    const { client } = show(<ModelsRoute />);
    await screen.findByText("On its way");
    told.models = [aModel()];
    const error = { code: "engine_unavailable", message: "this machine is told to stay offline" };
    serveJob(pullJob({ state: "failed", error, finished_at: "2026-11-22T10:00:09.000Z" }));

    const end = { state: "failed" as const, error, warnings: [], cached: false, attempt: 1 };
    applyEvent(client, { ...anEvent("job.finished", end), pipeline: "models.pull" });

    expect(await screen.findByRole("alert")).toHaveTextContent("told to stay offline");
    expect(await screen.findByRole("button", { name: "Bring whisper/base" })).toBeInTheDocument();
  });

  test("that is in no list cannot be brought", async () => {
    tell(aModel({ name: "timm/mine", capability: null, engine: null, licence: null }));

    show(<ModelsRoute />);

    expect((await row("timm/mine")).getByText("licence not known")).toBeInTheDocument();
    expect(screen.getByRole("region", { name: "Others in the models’ folder" })).toBeInTheDocument();
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });
});

test("an engine that cannot run says what is missing", async () => {
  const told = tell();
  told.items = [
    { capability: "answer", engine: "openai-compatible", available: false, why: "no server is configured" },
  ];

  show(<ModelsRoute />);

  const answers = await screen.findByRole("region", { name: "Answers" });
  expect(answers).toHaveTextContent("openai-compatible cannot run: no server is configured");
  expect(screen.getByText("No model is known here.")).toBeInTheDocument();
});

test("models that cannot be loaded are told, and asked for again", async () => {
  server.use(http.get("*/api/v1/models", () => problem(500, { code: "internal", detail: "It broke." })));
  show(<ModelsRoute />);
  await screen.findByText("It broke.");
  tell(aModel());

  await userEvent.click(screen.getByRole("button", { name: "Try again" }));

  expect(await row("whisper/base")).toBeTruthy();
});
