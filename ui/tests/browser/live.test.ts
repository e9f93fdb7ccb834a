import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults, DONE_WITHIN_MS, openChromium, openPage } from "./chromium";

/** A recording of "three one four two six five", a pause, and "eight five nine": what the digits' Whisper knows. */
const SPOKEN = process.env.TRIPTYCH_SPOKEN;

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium([`--use-file-for-fake-audio-capture=${SPOKEN}%noloop`]);
});
afterAll(() => browser.close());

test.skipIf(!SPOKEN)("words appear while they are spoken, and the job's page has them and the recording", async () => {
  const page = await openPage(browser, "/", { permissions: ["microphone"] });
  await page.getByRole("tab", { name: /^Record/ }).click();
  await page.getByRole("checkbox", { name: "Show my words while I speak" }).check();
  await page.getByText("How it is heard").click();
  await page.getByRole("combobox", { name: "Whisper model" }).selectOption("tiny");

  await page.getByRole("button", { name: "Start speaking" }).click();
  const words = page.getByRole("region", { name: "Words so far" });
  await words.getByText("three one four two six five").waitFor({ timeout: DONE_WITHIN_MS });
  await words.getByRole("listitem").getByText("eight five nine").waitFor({ timeout: DONE_WITHIN_MS });
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Stop and keep" }).click();

  await page.waitForURL(/\/jobs\//);
  await page.locator("header").getByText("Done", { exact: true }).waitFor({ timeout: DONE_WITHIN_MS });
  const segments = page.getByRole("list", { name: "Segments" }).getByRole("button");
  await expect.poll(() => segments.count()).toBe(2);
  const duration = () =>
    page.getByLabel(/^Player of recording/).evaluate((player: HTMLAudioElement) => player.duration);
  await expect.poll(duration).toBeGreaterThan(5);
});

test("a live recording that is discarded leaves no job behind", async () => {
  const page = await openPage(browser, "/", { permissions: ["microphone"] });
  await page.getByRole("tab", { name: /^Record/ }).click();
  await page.getByRole("checkbox", { name: "Show my words while I speak" }).check();
  await page.getByRole("button", { name: "Start speaking" }).click();
  const { name } = await recordingInTheList(page);

  await page.getByRole("button", { name: "Discard" }).click();

  await page.getByRole("link", { name }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Start speaking" }).waitFor();
});

/** The newest recording's job, once the list shows it running or waiting. */
async function recordingInTheList(page: Page): Promise<{ name: string }> {
  const job = page
    .getByRole("listitem")
    .filter({ hasText: /Running|Queued/ })
    .getByRole("link", { name: /^recording / });
  return { name: (await job.first().textContent()) ?? "" };
}
