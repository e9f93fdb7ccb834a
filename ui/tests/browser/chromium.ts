/** Chromium, a page of the running Triptych, and the media that the tests bring. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

export const BASE_URL = process.env.TRIPTYCH_URL ?? "http://localhost:8000";
export const DONE_WITHIN_MS = 90_000; // the first job of a kind loads its model
export const RUN = /^Run(:| \d+ jobs)/; // not "Run again" in the list
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
const FAKE_MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"];

/** TRIPTYCH_CHROMIUM names the program where it is not Debian's; `more` arguments, such as what its microphone hears. */
export function openChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.TRIPTYCH_CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--no-sandbox", "--disable-sync", ...QUIET, ...FAKE_MICROPHONE, ...more];
  return chromium.launch({ executablePath, args });
}

export async function openPage(browser: Browser, path = "/", options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: BASE_URL, ...options });
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

export async function chooseFile(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.getByRole("tab", { name: /^Files/ }).click();
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "", buffer });
}

export async function runPipeline(page: Page, title: RegExp): Promise<void> {
  await page.getByRole("radio", { name: title }).check();
  await page.getByRole("button", { name: RUN }).click();
  await page.getByRole("button", { name: RUN }).waitFor({ state: "detached" }); // accepted: the draft is empty again
}

/** Wait until the newest job of this name is done, and go to its page. */
export async function openFinishedJob(page: Page, name: string): Promise<void> {
  await openNewestJob(page, name);
  await page.locator("header").getByText("Done", { exact: true }).waitFor({ timeout: DONE_WITHIN_MS });
}

export async function openNewestJob(page: Page, name: string): Promise<void> {
  await page.getByRole("listitem").getByRole("link", { name }).first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** A picture with these lines of text, drawn by the browser itself. */
export async function pictureOf(browser: Browser, lines: readonly string[]): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 900, height: 160 * lines.length } });
  await page.setContent(`<body style="font: 56px sans-serif">${lines.map((line) => `<p>${line}</p>`).join("")}`);
  const picture = await page.screenshot({ type: "png" });
  await page.close();
  return picture;
}

/** The text as speech, made by Triptych without a network. */
export async function speechOf(text: string): Promise<Buffer> {
  const body = { pipeline: "audio.speak", text, params: { engine: "espeak-ng", format: "wav" } };
  const job = await (await post("/api/v1/jobs?wait=60", body)).json();
  if (job.state !== "succeeded") throw new Error(`speech was not made: ${JSON.stringify(job)}`);
  return Buffer.from(await (await fetch(new URL(job.outputs[0].url, BASE_URL))).arrayBuffer());
}

function post(path: string, body: unknown): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(new URL(path, BASE_URL), { method: "POST", headers, body: JSON.stringify(body) });
}

/** What axe-core finds wrong with the page as it stands, one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Evaluated rather than added as a tag: the page's policy allows no foreign script.
  await page.evaluate(await readFile(AXE, "utf8"));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`),
    );
  });
}
