import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, HttpResponse, http } from "msw";
import { describe, expect, test } from "vitest";
import { Composer } from "@/composer/Composer";
import { server } from "../../setup";
import { problem } from "../api";
import { aFile, aJob, SUMMARIZE } from "../examples";
import { show } from "../render";

const submitted: unknown[] = [];
function acceptJobs() {
  submitted.length = 0;
  server.use(
    http.post("*/api/v1/jobs", async ({ request }) => {
      submitted.push(await request.json());
      return HttpResponse.json(aJob({ id: `job-${submitted.length}` }), { status: 202 });
    }),
  );
}
async function writeText(text = "Some words.") {
  await userEvent.click(screen.getByRole("tab", { name: /^Text/ }));
  await userEvent.click(screen.getByLabelText("Text to work on"));
  await userEvent.paste(text);
}
const choose = (...names: string[]) =>
  userEvent.upload(
    screen.getByLabelText("Files to work on"),
    names.map((name) => new File(["words"], name)),
  );

describe("pasted text", () => {
  test("is sent with only the parameters that were changed", async () => {
    acceptJobs();
    show(<Composer onRun={() => {}} />);
    await writeText();

    await userEvent.click(await screen.findByRole("radio", { name: /^Summarize/ }));
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Style" }), "list");
    await userEvent.click(screen.getByRole("button", { name: /^Run/ }));

    expect(await screen.findByText("The job is accepted.")).toBeInTheDocument();
    expect(submitted).toEqual([
      {
        pipeline: "text.summarize",
        priority: "interactive",
        remember: true,
        text: "Some words.",
        params: { style: "list" },
      },
    ]);
    expect(screen.getByLabelText("Text to work on")).toHaveValue("");
  });

  test("is kept, and the parameter marked, when the API refuses it", async () => {
    const message = "Input should be greater than or equal to 1";
    const errors = [{ where: "params.sentences", message }];
    server.use(http.post("*/api/v1/jobs", () => problem(422, { code: "invalid_params", detail: "No.", errors })));
    show(<Composer onRun={() => {}} />);
    await writeText();

    await userEvent.click(await screen.findByRole("button", { name: /^Run/ }));

    const field = await screen.findByRole("spinbutton", {
      name: "Sentences",
      description: /Sentences should be greater than/,
    });
    expect(field).toBeInvalid();
    expect(field).toHaveFocus();
    expect(screen.getAllByText(/greater than/)).toHaveLength(1);
    expect(screen.getByLabelText("Text to work on")).toHaveValue("Some words.");
  });

  test("refused for parameters together says so once, in plain words", async () => {
    const errors = [{ where: "params", message: "Value error, the end must come after the start" }];
    const detail = "params: Value error, the end must come after the start";
    server.use(http.post("*/api/v1/jobs", () => problem(422, { code: "invalid_params", detail, errors })));
    show(<Composer onRun={() => {}} />);
    await writeText();

    await userEvent.click(await screen.findByRole("button", { name: /^Run/ }));

    const told = await screen.findAllByText(/must come after/);
    expect(told.map(({ textContent }) => textContent)).toEqual(["The end must come after the start."]);
  });

  test("comes back when the page is loaded again", async () => {
    const first = show(<Composer onRun={() => {}} />);
    await writeText("Kept words.");
    first.unmount();

    show(<Composer onRun={() => {}} />);

    expect(screen.getByLabelText("Text to work on")).toHaveValue("Kept words.");
  });
});

test("what can be done stands in the API's order, its first chosen", async () => {
  const others = ["text.keywords", "audio.speak"].map((name) => ({ ...SUMMARIZE, name, title: name }));
  server.use(http.get("*/api/v1/pipelines", () => HttpResponse.json({ items: [SUMMARIZE, ...others] })));
  show(<Composer onRun={() => {}} />);

  await writeText();

  const offered = await screen.findAllByRole<HTMLInputElement>("radio");
  expect(offered.map(({ value }) => value)).toEqual(["text.summarize", "text.keywords", "audio.speak"]);
  expect(offered[0]).toBeChecked();
});

describe("the microphone", () => {
  test("can show the words while they are spoken, where the server can hear them", async () => {
    const listen = { ...SUMMARIZE, name: "audio.listen", title: "Write down live speech", accepts: [] };
    server.use(http.get("*/api/v1/pipelines", () => HttpResponse.json({ items: [listen] })));
    show(<Composer onRun={() => {}} />);
    await userEvent.click(screen.getByRole("tab", { name: /^Record/ }));

    await userEvent.click(await screen.findByRole("checkbox", { name: "Show my words while I speak" }));
    await userEvent.click(screen.getByRole("button", { name: "Start speaking" }));

    expect(await screen.findByRole("alert")).toHaveTextContent("Browsers allow recording only on https://");
  });

  test("records a file of the draft where it cannot", async () => {
    show(<Composer onRun={() => {}} />);

    await userEvent.click(screen.getByRole("tab", { name: /^Record/ }));

    expect(await screen.findByRole("button", { name: "Start recording" })).toBeInTheDocument();
    expect(screen.queryByRole("checkbox")).not.toBeInTheDocument();
  });
});

describe("files", () => {
  test("are offered what their media type, as the server sees it, can have done", async () => {
    server.use(http.post("*/api/v1/files", () => HttpResponse.json(aFile(), { status: 201 })));
    show(<Composer onRun={() => {}} />);

    await choose("talk.wav");

    expect(await screen.findByRole("radio", { name: /^Transcribe/ })).toBeChecked();
    expect(screen.queryByRole("radio", { name: /^Summarize/ })).not.toBeInTheDocument();
  });

  test("make one job each where the pipeline takes one at a time", async () => {
    acceptJobs();
    server.use(
      http.post("*/api/v1/files", ({ request }) => {
        const name = new URL(request.url).searchParams.get("name") ?? "";
        return HttpResponse.json(aFile({ id: name, name }), { status: 201 });
      }),
    );
    show(<Composer onRun={() => {}} />);
    await choose("a.wav", "b.wav");

    await userEvent.click(await screen.findByRole("button", { name: /^Run 2 jobs/ }));

    expect(await screen.findByText("2 jobs are accepted.")).toBeInTheDocument();
    expect(submitted).toMatchObject([{ files: ["a.wav"] }, { files: ["b.wav"] }]);
    expect(screen.queryByRole("list", { name: "Files of this draft" })).not.toBeInTheDocument();
  });

  test("that are refused say why and can be dismissed", async () => {
    server.use(http.post("*/api/v1/files", () => problem(415, { code: "media_type_mismatch", detail: "No picture." })));
    show(<Composer onRun={() => {}} />);
    await choose("tool.png");

    const alert = await screen.findByRole("alert");
    await userEvent.click(screen.getByRole("button", { name: "Dismiss tool.png" }));

    expect(alert).toHaveTextContent("Refused: No picture. media_type_mismatch");
    expect(alert).not.toBeInTheDocument();
  });

  test("that did not get through can be sent again", async () => {
    server.use(
      http.post("*/api/v1/files", () => HttpResponse.error(), { once: true }),
      http.post("*/api/v1/files", () => HttpResponse.json(aFile(), { status: 201 })),
    );
    show(<Composer onRun={() => {}} />);
    await choose("talk.wav");
    const alert = await screen.findByRole("alert");
    const told = alert.textContent;

    await userEvent.click(screen.getByRole("button", { name: "Retry talk.wav" }));

    expect(await screen.findByRole("button", { name: "Remove talk.wav" })).toBeInTheDocument();
    expect(told).toMatch(/^Not sent: The server cannot be reached/);
    expect(alert).not.toBeInTheDocument();
  });

  test("on their way can be cancelled", async () => {
    server.use(http.post("*/api/v1/files", () => delay("infinite")));
    show(<Composer onRun={() => {}} />);
    await choose("long.wav");

    await userEvent.click(await screen.findByRole("button", { name: "Cancel the upload of long.wav" }));

    expect(screen.queryByText("long.wav")).not.toBeInTheDocument();
  });

  test("that nothing takes together are told so", async () => {
    server.use(
      http.post("*/api/v1/files", () => HttpResponse.json(aFile({ media_type: "font/woff" }), { status: 201 })),
    );
    show(<Composer onRun={() => {}} />);

    await choose("letters.woff");

    expect(await screen.findByText(/Nothing here takes font\/woff/)).toBeInTheDocument();
  });
});

test("arrow keys walk through the three ways in", async () => {
  show(<Composer onRun={() => {}} />);
  screen.getByRole("tab", { name: /^Files/ }).focus();

  await userEvent.keyboard("{ArrowRight}{ArrowRight}");

  expect(screen.getByRole("tab", { name: /^Record/ })).toHaveFocus();
  expect(within(screen.getByRole("tabpanel")).getByRole("button", { name: "Start recording" })).toBeInTheDocument();
});

test("a browser without a microphone says so, and how to go on", async () => {
  show(<Composer onRun={() => {}} />);
  await userEvent.click(screen.getByRole("tab", { name: /^Record/ }));

  await userEvent.click(screen.getByRole("button", { name: "Start recording" }));

  expect(await screen.findByRole("alert")).toHaveTextContent(/only on https:\/\/ or localhost/);
});
