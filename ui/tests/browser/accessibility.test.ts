import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaults, openChromium, openFinishedJob, openPage, runPipeline } from "./chromium";

/** Texts that begin in their own way: a pasted text is named by its first words. */
const textOf = (theme: string) =>
  `The ${theme} mill was built in 1812. It still turns every day. The miller's daughter looks after the wheel.`;
const nameOf = (theme: string) => `The ${theme} mill was built in 1812.`;
const NARROW = { width: 360, height: 740 };

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

describe.each(["light", "dark"] as const)("in the %s theme", (colorScheme) => {
  test("axe finds nothing wrong with the studio and the job page, and neither is wider than a phone", async () => {
    const page = await openPage(browser, "/", { colorScheme, viewport: NARROW, reducedMotion: "reduce" });
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    await page.getByRole("tab", { name: /^Text/ }).click();
    await page.getByLabel("Text to work on").fill(textOf(colorScheme));
    await page.getByRole("radio", { name: /^Summarize/ }).waitFor();

    const inStudio = { faults: await accessibilityFaults(page), width: await width() };
    await runPipeline(page, /^Summarize/);
    await openFinishedJob(page, nameOf(colorScheme));
    await page.getByRole("region", { name: "Text" }).getByText("1812").waitFor();
    const onJobPage = { faults: await accessibilityFaults(page), width: await width() };

    expect(inStudio).toEqual({ faults: [], width: NARROW.width });
    expect(onJobPage).toEqual({ faults: [], width: NARROW.width });
  });
});

test("the page asks no other host for anything and breaks no policy of its own", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const hosts = new Set<string>();
  const complaints: string[] = [];
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));

  await page.goto((await openPage(browser)).url());
  await page.getByRole("status").getByText("Live").waitFor();

  expect([...hosts]).toEqual([new URL(page.url()).host]);
  expect(complaints).toEqual([]);
});
