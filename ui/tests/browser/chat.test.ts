import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaults, DONE_WITHIN_MS, openChromium, openPage } from "./chromium";

const TEXT = "The harbour was opened by Mayor Ellen Brandt in 1931. It had two piers. The first ship was the Aurora.";
const NARROW = { width: 360, height: 740 };

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

describe.each(["light", "dark"] as const)("in the %s theme", (colorScheme) => {
  test("a question about an attached text is answered with its words, and each is shown where it stands", async () => {
    const page = await openPage(browser, "/chat", { colorScheme, viewport: NARROW, reducedMotion: "reduce" });
    const file = { name: "harbour.txt", mimeType: "text/plain", buffer: Buffer.from(TEXT) };
    await page.getByLabel("Files to attach").setInputFiles(file);
    await page.getByRole("button", { name: "Remove harbour.txt" }).waitFor();

    await page.getByRole("textbox", { name: "Message" }).fill("Who opened the harbour?");
    await page.keyboard.press("Enter");
    const mark = page.getByRole("button", { name: "Source 1: harbour.txt" }).first();
    await mark.click({ timeout: DONE_WITHIN_MS });

    const card = page.getByRole("note", { name: "Source 1" });
    expect(await card.textContent()).toContain("Mayor Ellen Brandt");
    const { left, right } = await card.evaluate((shown) => shown.getBoundingClientRect());
    expect(Math.min(left, NARROW.width - right)).toBeGreaterThanOrEqual(0);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect({ faults: await accessibilityFaults(page), width }).toEqual({ faults: [], width: NARROW.width });
    await page.reload();
    await mark.waitFor();
  });
});

test("what is spoken is sent as soon as it ends, and can be heard again where it was said", async () => {
  const page = await openPage(browser, "/chat", { permissions: ["microphone"] });
  await page.getByRole("button", { name: "Speak" }).click();
  await page.getByRole("timer").getByText("0:01").waitFor();

  await page.getByRole("button", { name: "Stop and send" }).click();

  const question = page.getByRole("article", { name: "You" });
  await question.getByLabel(/^Player of recording/).waitFor();
  await page
    .getByRole("button", { name: "Stop" })
    .or(page.getByRole("button", { name: "Regenerate" }))
    .waitFor();
});
