import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults, BASE_URL, DONE_WITHIN_MS, openChromium, openPage } from "./chromium";

const NARROW = { width: 360, height: 740 };

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

/** A PDF of a page each, printed by the browser itself. */
async function pdfOf(pages: readonly string[]): Promise<Buffer> {
  const page = await browser.newPage();
  await page.setContent(pages.map((text) => `<p style="page-break-after: always">${text}</p>`).join(""));
  const printed = await page.pdf();
  await page.close();
  return printed;
}

/** What is wrong with the page, and that nothing of it stands out to the side. */
const seen = async (page: Page) => ({
  faults: await accessibilityFaults(page),
  width: await page.evaluate(() => document.documentElement.scrollWidth),
});

test("a citation of an attached PDF opens its page with the passage marked, and says so once the file is gone", async () => {
  const page = await openPage(browser, "/chat", { colorScheme: "dark", viewport: NARROW, reducedMotion: "reduce" });
  const buffer = await pdfOf(["Of the weather.", "The keeper earns ninety crowns.", "Of the fog horn."]);
  await page.getByLabel("Files to attach").setInputFiles({ name: "letters.pdf", mimeType: "application/pdf", buffer });
  await page.getByRole("button", { name: "Remove letters.pdf" }).waitFor();
  await page.getByRole("textbox", { name: "Message" }).fill("What does the keeper earn?");
  await page.keyboard.press("Enter");

  const source = page.getByRole("list", { name: "Sources" }).getByRole("link", { name: "letters.pdf" }).first();
  await source.click({ timeout: DONE_WITHIN_MS });
  await page.locator("mark", { hasText: "The keeper earns ninety crowns." }).waitFor();
  const picture = page.getByRole("img", { name: "Page: 2 of letters.pdf" });
  await expect.poll(() => picture.evaluate((drawn: HTMLImageElement) => drawn.naturalHeight)).toBeGreaterThan(1000);
  await page.getByText("Page 2 of", { exact: false }).waitFor();
  expect(await seen(page)).toEqual({ faults: [], width: NARROW.width });

  const [, id] = /\/files\/([^?]+)/.exec(page.url()) ?? [];
  const deleted = await fetch(new URL(`/api/v1/files/${id}`, BASE_URL), { method: "DELETE" });
  expect(deleted.status).toBe(204);
  await page.reload();
  await page.getByRole("heading", { name: "letters.pdf is no longer here" }).waitFor();
  expect(await seen(page)).toEqual({ faults: [], width: NARROW.width });
  await page.goBack();
  await page.getByText("letters.pdf was deleted.").filter({ visible: true }).first().waitFor();
});
