import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accessibilityFaults,
  chooseFile,
  DONE_WITHIN_MS,
  openChromium,
  openFinishedJob,
  openPage,
  pictureOf,
  runPipeline,
} from "./chromium";

const TEXT = "The weir at Aubenton was raised in 1907. The eels still pass it every autumn. Nobody fishes there now.";
const NARROW = { width: 360, height: 740 };

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

/** The titles that a search finds; asked anew until the job behind them is remembered. */
async function find(page: Page, words: string, title: string) {
  const hit = page.getByRole("list", { name: "What fits, best first" }).getByRole("link", { name: title }).first();
  const answer = page.getByText(/(best first|Nothing fits)\.$/);
  await page.goto("/memory");
  await page.getByRole("searchbox", { name: "Search the memory" }).fill(words);
  await answer.waitFor();
  const look = async () => {
    if ((await hit.count()) === 0) await page.reload();
    await answer.waitFor();
    return hit.count();
  };
  await expect.poll(look, { timeout: DONE_WITHIN_MS, interval: 1000 }).toBe(1);
  return hit;
}

describe("what was read", () => {
  test("in a text is found by its words, and opens among what stands around it", async () => {
    const page = await openPage(browser, "/", { colorScheme: "dark", viewport: NARROW, reducedMotion: "reduce" });
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    await page.getByRole("tab", { name: /^Text/ }).click();
    await page.getByLabel("Text to work on").fill(TEXT);
    await runPipeline(page, /^Find keywords/);

    const hit = await find(page, "eels autumn", "The weir at Aubenton");
    const found = { faults: await accessibilityFaults(page), width: await width() };
    await hit.click();
    await page.getByText("The eels still pass it every autumn.", { exact: false }).and(page.locator("mark")).waitFor();
    const opened = { faults: await accessibilityFaults(page), width: await width() };

    expect(found).toEqual({ faults: [], width: NARROW.width });
    expect(opened).toEqual({ faults: [], width: NARROW.width });
  });

  test("in a picture is found, and its line is marked where it stands", async () => {
    const page = await openPage(browser);
    await chooseFile(page, "weir.png", await pictureOf(browser, ["A boat house", "of old oak"]));
    await runPipeline(page, /^Read text/);
    await openFinishedJob(page, "weir.png");

    await (await find(page, "old oak", "weir.png")).click();

    const marked = page.getByRole("list", { name: "Lines" }).locator("[aria-current=true]");
    await marked.getByText("of old oak").waitFor(); // short lines that stand together may be one memory
    expect(page.url()).toMatch(/\/jobs\/.*box=/);
  });
});
