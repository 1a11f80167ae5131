// The SQL page: completion, Ctrl-Enter, errors under the word, the URL, exports. Interactions 17-19.
import { readFileSync } from "node:fs";

import { expect, parameter, test } from "./test";
import type { Page } from "./test";

async function type(page: Page, sql: string): Promise<void> {
  const editor = page.getByRole("textbox", { name: "SQL" });
  await editor.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(sql);
}

test("a statement runs with Ctrl-Enter and is in the URL", async ({ page }) => {
  await page.goto("/sql");
  await type(page, "select action, count(*) as records from flows group by 1 order by 1");
  await page.keyboard.press("Control+Enter");
  const rows = page.getByRole("table", { name: "Rows" });
  await expect(rows.getByRole("columnheader")).toHaveText(["action", "records"]);
  await expect(rows.getByRole("cell", { name: "ACCEPT" })).toBeVisible();
  expect(parameter(page, "sql")).toContain("group by 1");
  await page.reload();
  await expect(rows.getByRole("cell", { name: "REJECT" })).toBeVisible();
});

test("names of columns are completed, with what they mean", async ({ page }) => {
  await page.goto("/sql");
  await expect(page.getByRole("button", { name: /^srcaddr/ })).toBeVisible();
  await page.getByRole("textbox", { name: "SQL" }).click();
  await page.keyboard.type("select srcad");
  await expect(page.getByRole("option", { name: /^srcaddr/ })).toBeVisible();
  await page.keyboard.press("Tab");
});

test("a fault is marked under its word", async ({ page }) => {
  await page.goto("/sql");
  await type(page, "select srcadr from flows");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("alert")).toContainText("srcadr");
  await expect(page.locator(".cm-lintRange-error")).toHaveText("srcadr");
});

test("going back brings back the statement before", async ({ page }) => {
  await page.goto("/sql?sql=select+1+as+one");
  await expect(page.getByRole("columnheader", { name: "one" })).toBeVisible();
  await type(page, "select 2 as two");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("columnheader", { name: "two" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("columnheader", { name: "one" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "SQL" })).toContainText("select 1 as one");
});

test("an address among the rows leads to its page", async ({ page }) => {
  await page.goto("/sql?sql=select+srcaddr+from+flows+where+srcaddr+is+not+null+limit+3");
  await page.getByRole("table", { name: "Rows" }).getByRole("link").first().click();
  await expect(page).toHaveURL(/\/entity\/address\//);
});

test("only what asks is run", async ({ page }) => {
  await page.goto("/sql?sql=drop+table+flows");
  await expect(page.getByRole("alert")).toBeVisible();
});

for (const [form, begin] of [
  ["CSV", "n\n1\n2\n"],
  ["NDJSON", '{"n":1}\n{"n":2}\n'],
  ["Parquet", "PAR1"],
] satisfies [string, string][]) {
  test(`rows are exported as ${form}`, async ({ page }) => {
    const sql = "select * from (values (1), (2)) as t(n) order by n";
    await page.goto(`/sql?sql=${encodeURIComponent(sql)}`);
    await page.getByRole("button", { name: "Export" }).click();
    const waiting = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: form, exact: true }).click();
    const file = await (await waiting).path();
    expect(readFileSync(file, "latin1").startsWith(begin)).toBe(true);
  });
}
