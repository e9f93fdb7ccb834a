import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaults, openChromium, openPage } from "./chromium";

const NARROW = { width: 360, height: 740 };

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

describe.each(["light", "dark"] as const)("in the %s theme", (colorScheme) => {
  test("axe finds nothing wrong with the models, and the page is no wider than a phone", async () => {
    const page = await openPage(browser, "/models", { colorScheme, viewport: NARROW, reducedMotion: "reduce" });
    await page.getByRole("heading", { level: 3, name: "whisper/base", exact: true }).waitFor();

    const seen = {
      faults: await accessibilityFaults(page),
      width: await page.evaluate(() => document.documentElement.scrollWidth),
    };

    expect(seen).toEqual({ faults: [], width: NARROW.width });
  });
});

test("a model that cannot be brought says so where it was asked for, by keyboard alone", async () => {
  const page = await openPage(browser, "/models"); // of a stack that is told to stay offline
  await page.getByRole("button", { name: "Bring whisper/tiny.en" }).focus();

  await page.keyboard.press("Enter");

  await page.getByRole("alert").getByText("this machine is told to stay offline").waitFor();
});

test("a question without a document is refused before it is asked where nobody can answer", async () => {
  const page = await openPage(browser);

  await page.getByRole("button", { name: "Ask a question without a document" }).click();

  await page.getByText("No language model can be asked.").waitFor();
});
