import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseFile, openChromium, openFinishedJob, openPage, pictureOf, runPipeline, speechOf } from "./chromium";

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

describe("pictures", () => {
  test("a picture is read, its lines stand as boxes in it, and all of it comes back after a reload", async () => {
    const page = await openPage(browser);
    await chooseFile(page, "sign.png", await pictureOf(browser, ["Three panels", "of old oak"]));

    await runPipeline(page, /^Read text/);
    await openFinishedJob(page, "sign.png");

    const lines = page.getByRole("list", { name: "Lines" });
    await lines.getByText("Three panels").waitFor();
    expect(await page.getByTestId("boxes").locator("rect").count()).toBe(2);
    await page.reload();
    await lines.getByText("of old oak").waitFor();
    expect(await page.getByTestId("boxes").locator("rect").count()).toBe(2);
  });

  test("a file that no pipeline can use is refused with its reason, and can be dismissed", async () => {
    const page = await openPage(browser);

    await chooseFile(page, "holiday.png", Buffer.from("this is no picture"));

    const refusal = page.getByRole("alert").getByText(/^Refused:/);
    await refusal.waitFor();
    expect(await refusal.textContent()).toMatch(/media_type|bad_media/);
    await page.getByRole("button", { name: "Dismiss holiday.png" }).click();
    await refusal.waitFor({ state: "detached" });
  });
});

describe("sound", () => {
  test("a recording is transcribed, and a click on a segment moves the player there", async () => {
    const page = await openPage(browser);
    await chooseFile(page, "miller.wav", await speechOf("Good morning. This is the old mill. It turns every day."));

    await runPipeline(page, /^Transcribe/);
    await openFinishedJob(page, "miller.wav");

    const segments = page.getByRole("list", { name: "Segments" }).getByRole("button");
    await segments.last().click();
    const start = await segments.last().getAttribute("data-start-s");
    const place = () =>
      page.getByLabel("Player of miller.wav").evaluate((player: HTMLAudioElement) => player.currentTime);
    await expect.poll(place).toBeGreaterThanOrEqual(Number(start));
    await expect.poll(() => segments.last().getAttribute("aria-current")).toBe("true");
  });

  test("what the microphone records becomes a file that can be transcribed", async () => {
    const page = await openPage(browser, "/", { permissions: ["microphone"] });
    await page.getByRole("tab", { name: /^Record/ }).click();

    await page.getByRole("button", { name: "Start recording" }).click();
    await expect.poll(() => page.getByRole("timer").textContent(), { timeout: 10_000 }).toBe("0:02");
    await page.getByRole("button", { name: "Stop and keep" }).click();

    await page
      .getByRole("list", { name: "Files of this draft" })
      .getByText(/^recording /)
      .waitFor();
    await page.getByLabel(/^Listen to recording /).waitFor();
    await page.getByRole("radio", { name: /^Transcribe/ }).waitFor();
  });
});
