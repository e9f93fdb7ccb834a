/** The API's page in a house where people sign in: TRIPTYCH_SESSION is somebody's, at TRIPTYCH_URL. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BASE_URL, openChromium } from "../browser/chromium";

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

test("who is signed in may change something from the API's page", async () => {
  const context = await browser.newContext({ baseURL: BASE_URL });
  await context.addCookies([{ name: "triptych_session", value: process.env.TRIPTYCH_SESSION ?? "", url: BASE_URL }]);
  const page = await context.newPage();
  await page.goto("/docs#/chat/conversations_create");

  await page.getByRole("button", { name: "Try it out" }).click();
  const answered = page.waitForResponse((answer) => answer.request().method() === "POST");
  await page.getByRole("button", { name: "Execute" }).click();

  expect((await answered).status()).toBe(201);
});
