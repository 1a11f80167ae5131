// The state "denied" of interaction 24: a server with tokens, the form, and what each role may do.
import type { ChildProcess } from "node:child_process";

import { expect, test } from "./test";
import { guardedServer } from "./world";

const READ = "token-for-reading-in-this-test-only-0001";
const ADMIN = "token-for-everything-in-this-test-only-0002";

let server: { url: string; process: ChildProcess };

test.skip(process.env["TIDEGATE_URL"] !== undefined, "the server that runs has its own tokens");

test.beforeAll(async () => {
  server = await guardedServer({ read: READ, admin: ADMIN });
});

test.afterAll(() => {
  server.process.kill("SIGINT");
});

test("without a token there is a form, and a wrong one is refused with a hint", async ({
  page,
}) => {
  await page.goto(`${server.url}/explore?q=action+%3D+REJECT`);
  await page.getByLabel("Token").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("status")).toContainText(/token/i);
  await page.getByLabel("Token").fill(READ);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("region", { name: "Over time" })).toBeVisible();
  expect(page.url()).toContain("q=action");
});

test("who may only read is not offered to write", async ({ page }) => {
  await page.goto(`${server.url}/entity/port/443`);
  await page.getByLabel("Token").fill(READ);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /443/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a note" })).toHaveCount(0);
});

test("an admin may write, and signs out again", async ({ page }) => {
  await page.goto(`${server.url}/entity/port/443`);
  await page.getByLabel("Token").fill(ADMIN);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Add a note" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("Token")).toBeVisible();
});
