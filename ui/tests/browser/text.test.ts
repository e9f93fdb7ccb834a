import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseFile, DONE_WITHIN_MS, openChromium, openFinishedJob, openPage, RUN, runPipeline } from "./chromium";

const TEXT = "The mill was built in 1812. It still turns every day. The miller's daughter looks after the wheel.";
const TEXT_NAME = "The mill was built in 1812. It still…"; // a pasted text is named by its first words

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

describe("text", () => {
  test("a pasted text is summarized and its summary shown", async () => {
    const page = await openPage(browser);
    await page.getByRole("tab", { name: /^Text/ }).click();
    await page.getByLabel("Text to work on").fill(TEXT);

    await runPipeline(page, /^Summarize/);
    await openFinishedJob(page, TEXT_NAME);

    const result = page.getByRole("region", { name: "Text" });
    await result.getByText("built in 1812").waitFor();
    expect(await page.getByRole("link", { name: /^Download/ }).count()).toBeGreaterThan(0);
  });

  test("what was started is in sight, and the keyboard is there", async () => {
    const page = await openPage(browser);
    await page.setViewportSize({ width: 390, height: 700 });
    await page.getByRole("tab", { name: /^Text/ }).click();
    await page.getByLabel("Text to work on").fill(`In sight. ${TEXT}`);

    await runPipeline(page, /^Find keywords/);

    const job = page
      .getByRole("listitem")
      .getByRole("link", { name: /^In sight/ })
      .first();
    await job.waitFor();
    const inSight = () =>
      job.evaluate((link) => [link.getBoundingClientRect().top, link.getBoundingClientRect().bottom]);
    await expect.poll(async () => (await inSight()).every((edge) => edge >= 0 && edge <= 700)).toBe(true); // as it settles
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("jobs-title");
  });

  test("a dropped text file is offered what texts can have done", async () => {
    const page = await openPage(browser);

    await chooseFile(page, "mill.txt", Buffer.from(TEXT));

    await page.getByRole("radio", { name: /^Summarize/ }).waitFor();
    expect(await page.getByRole("radio", { name: /^Transcribe/ }).count()).toBe(0);
  });

  test("the keyboard alone takes a text to its result", async () => {
    const page = await openPage(browser);
    await page.getByRole("tab", { name: /^Files/ }).focus();

    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    await page.keyboard.type(`Typed by hand. ${TEXT}`);
    await page.getByRole("radio", { name: /^Find keywords/ }).waitFor();
    await page.keyboard.press("Tab");
    while (!(await page.getByRole("radio", { name: /^Find keywords/ }).isChecked()))
      await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByLabel("Text to work on").and(page.locator(":text-is('')")).waitFor();
    const job = page.getByRole("listitem").getByRole("link", { name: "Typed by hand." }).first();
    for (let steps = 0; steps < 40 && !(await job.evaluate((link) => link === document.activeElement)); steps++)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");

    await page.locator("header").getByText("Done", { exact: true }).waitFor({ timeout: DONE_WITHIN_MS });
    expect(page.url()).toContain("/jobs/");
  });

  test("a result that was kept says so, and is made anew when that is wanted", async () => {
    const page = await openPage(browser);
    await page.getByRole("tab", { name: /^Text/ }).click();
    await page.getByLabel("Text to work on").fill(`Kept for later. ${TEXT}`);
    await runPipeline(page, /^Find keywords/);
    await openFinishedJob(page, "Kept for later.");
    await page.getByRole("link", { name: "All jobs" }).click();
    await page.getByLabel("Text to work on").fill(`Kept for later. ${TEXT}`);
    await runPipeline(page, /^Find keywords/);
    const both = page.getByRole("listitem").getByRole("link", { name: "Kept for later." });
    await expect.poll(() => both.count(), { timeout: DONE_WITHIN_MS }).toBe(2);
    await openFinishedJob(page, "Kept for later.");
    const keptAt = page.url();

    await page.getByRole("button", { name: "Do it anew" }).click();

    await expect.poll(() => page.url()).not.toBe(keptAt);
    await page.locator("header").getByText("Done", { exact: true }).waitFor({ timeout: DONE_WITHIN_MS });
    expect(await page.getByText("The same work was done before").count()).toBe(0);
  });

  test("a draft comes back after a reload", async () => {
    const page = await openPage(browser);
    await page.getByRole("tab", { name: /^Text/ }).click();
    await page.getByLabel("Text to work on").fill(TEXT);
    await page.getByRole("radio", { name: /^Summarize/ }).check();
    await page.getByRole("spinbutton", { name: "Sentences" }).fill("2");

    await page.reload();

    await expect.poll(() => page.getByLabel("Text to work on").inputValue()).toBe(TEXT);
    await expect.poll(() => page.getByRole("spinbutton", { name: "Sentences" }).inputValue()).toBe("2");
  });

  test("a parameter out of bounds is told at its field", async () => {
    const page = await openPage(browser);
    await page.getByRole("tab", { name: /^Text/ }).click();
    await page.getByLabel("Text to work on").fill(TEXT);
    await page.getByRole("radio", { name: /^Summarize/ }).check();
    await page.getByRole("spinbutton", { name: "Sentences" }).fill("0");

    await page.getByRole("button", { name: RUN }).click();

    await page
      .getByRole("alert")
      .getByText(/^Sentences should be/)
      .waitFor();
    expect(await page.getByRole("spinbutton", { name: "Sentences" }).getAttribute("aria-invalid")).toBe("true");
  });
});
