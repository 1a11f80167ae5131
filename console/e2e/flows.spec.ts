// Interactions 10, 18, 20 and parts of 22: the row drawer, exports, the live tail, keys.

import { readFileSync } from "node:fs";

import { expect, openFlows, parameter, test } from "./test";

test("a record opens in place with all its fields, and keys go on", async ({ page }) => {
  await openFlows(page);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("heading", { name: /^Record 1 of/ })).toBeVisible();
  await expect(drawer.getByRole("region", { name: "Fields" })).toContainText("source address");
  await expect(drawer.getByRole("region", { name: "Same connection" })).toBeVisible();
  await page.keyboard.press("j");
  await expect(drawer.getByRole("heading", { name: /^Record 2 of/ })).toBeVisible();
  await page.keyboard.press("k");
  await expect(drawer.getByRole("heading", { name: /^Record 1 of/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
});

test("the drawer leads to the connection and to the entity", async ({ page }) => {
  await openFlows(page, "?q=protocol+%3D+6");
  await page
    .getByRole("row")
    .nth(2)
    .click({ position: { x: 60, y: 10 } });
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("link", { name: "All about this address" }).first()).toBeVisible();
  await drawer.getByRole("link", { name: /same addresses and ports/ }).click();
  await expect.poll(() => parameter(page, "q")).toMatch(/srcaddr = .* and protocol = 6$/);
});

test("columns are chosen and stand in the URL", async ({ page }) => {
  await openFlows(page);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("textbox", { name: "Find a column" }).fill("vpc");
  await page.getByRole("checkbox", { name: /^VPC/ }).first().check();
  await expect.poll(() => parameter(page, "cols")).toContain("vpc_id");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "VPC" })).toBeVisible();
});

test("scrolling reads on", async ({ page }) => {
  await openFlows(page);
  const table = page.getByRole("table", { name: "Records" });
  const before = Number(await table.getAttribute("aria-rowcount"));
  await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect
    .poll(async () => Number(await table.getAttribute("aria-rowcount")))
    .toBeGreaterThan(before);
});

test("what is seen is exported as a file", async ({ page }) => {
  await openFlows(page, "?q=action+%3D+REJECT+and+dstport+%3D+22&from=-30d");
  const count = await page.getByText(/^[\d,]+ records$/).innerText();
  await page.getByRole("button", { name: "Export" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Records as CSV" }).click(),
  ]);
  const lines = readFileSync(await file.path(), "utf8")
    .trim()
    .split("\n");
  expect(lines).toHaveLength(Number(count.replace(/\D/g, "")) + 1);
});

test("the copied SQL gives the same rows", async ({ page, request }) => {
  await page.goto("/explore?by=dstport&metric=flows&from=-7d&limit=5");
  const top = page.getByRole("region", { name: "Top" });
  await expect(top.getByRole("row").nth(1)).toBeVisible();
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Copy as SQL" }).click();
  const sql = await page.evaluate(() => navigator.clipboard.readText());
  const answer = await request.post("/api/v1/sql", {
    data: { sql },
    headers: { "x-tidegate": "1" },
  });
  const { rows } = await answer.json();
  const asked = await request.get("/api/v1/explore", {
    params: { by: "dstport", metric: "flows", from: "-7d", limit: 5, bucket: "none" },
  });
  const explored = await asked.json();
  const first = explored.rows[0];
  expect(rows[0].slice(0, 2)).toEqual([first.key[0], first.value]);
  expect(rows.length).toBeGreaterThanOrEqual(explored.rows.length);
});

test("the tail says honestly how old the newest record is", async ({ page }) => {
  await openFlows(page);
  await page.getByRole("button", { name: "Follow" }).click();
  await expect(page.getByText(/^Newest record .* ago; AWS delivers every 1 or 10/)).toBeVisible();
  await page.getByRole("button", { name: "Following" }).click();
  await expect(page.getByText(/^Newest record .* ago; AWS/)).toHaveCount(0);
});
