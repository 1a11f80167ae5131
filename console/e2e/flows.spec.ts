// Interactions 10, 18, 20 and parts of 22: the row drawer, exports, the live tail, keys.

import { readFileSync } from "node:fs";

import type { Problem } from "../src/api/types";
import { expect, openFlows, type Page, parameter, test } from "./test";

/** What the server says of a request that it does not answer. */
const REFUSAL: Problem = {
  code: "internal",
  message: "the disk is away",
  hint: "try again later",
  causes: [],
  span: null,
  suggestions: [],
  cost: null,
};
const TOO_LARGE: Problem = {
  ...REFUSAL,
  code: "too_large",
  message: "this would read 1,200 files",
  cost: { n_files: 1200, n_rows: 5_000_000_000, n_bytes: 400_000_000_000 },
};

/** The server tells of one record more, and then no more. It is newer than all in the lake. */
async function arrives(page: Page, record: Readonly<Record<string, string | number>>) {
  await page.route("**/api/v1/tail?*", (route) => {
    const names = (new URL(route.request().url()).searchParams.get("columns") ?? "").split(",");
    const columns = names.map((name) => ({ name, type: "text", unit: null, doc: "" }));
    const rows = [names.map((name) => record[name] ?? null)];
    const event = (id: number, rows: unknown[]) =>
      `event: flows\nid: ${id}\ndata: ${JSON.stringify({ columns, rows, n_more: 0, newest: null })}\n\n`;
    // A browser comes back after so many milliseconds: not within the test.
    const body = `retry: 600000\n\n${event(1, [])}${event(1_000_000, rows)}`;
    return route.fulfill({ contentType: "text/event-stream", body });
  });
}

/** Presses a button that the drawer may lie over. */
const press = (page: Page, name: string) =>
  page.getByRole("button", { name, exact: true }).dispatchEvent("click");

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

test("what the tail could not tell is said", async ({ page }) => {
  await page.route("**/api/v1/tail?*", (route) => {
    const greeting = { columns: [], rows: [], n_more: 0, newest: null };
    const event = (name: string, id: number, what: unknown) =>
      `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(what)}\n\n`;
    const missed = { ...REFUSAL, code: "busy", message: "new records are not shown here" };
    const body = event("flows", 1, greeting) + event("problem", 1_000_000, missed);
    return route.fulfill({
      contentType: "text/event-stream",
      body: `retry: 600000\n\n${body}`,
    });
  });
  await openFlows(page);
  await page.getByRole("button", { name: "Follow", exact: true }).click();
  await expect(page.getByText("new records are not shown here")).toBeVisible();
});

test("a page that is refused is asked for again only by who reads", async ({ page }) => {
  let nAsked = 0;
  await page.route("**/api/v1/flows?*after=*", (route) => {
    nAsked += 1;
    return route.fulfill({ status: 500, json: REFUSAL });
  });
  await openFlows(page);
  const table = page.getByRole("table", { name: "Records" });
  const before = await table.getAttribute("aria-rowcount");
  await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  const notice = page.getByRole("status").filter({ hasText: "Not all records are shown" });
  await expect(notice).toContainText("The disk is away. Try again later");
  await table.evaluate((element) => element.scrollTo(0, 0));
  await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await page.waitForTimeout(1000);
  expect(nAsked).toBe(1);
  await page.unroute("**/api/v1/flows?*after=*");
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect(table).not.toHaveAttribute("aria-rowcount", before ?? "");
  await expect(notice).toHaveCount(0);
});

test("a further page that is too large is read if somebody says so", async ({ page }) => {
  await page.route("**/api/v1/flows?*after=*", (route) =>
    route.request().url().includes("confirm=true")
      ? route.continue()
      : route.fulfill({ status: 413, json: TOO_LARGE }),
  );
  await openFlows(page);
  const table = page.getByRole("table", { name: "Records" });
  const before = Number(await table.getAttribute("aria-rowcount"));
  await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await page.getByRole("button", { name: "Read it all the same" }).click();
  await expect
    .poll(async () => Number(await table.getAttribute("aria-rowcount")))
    .toBeGreaterThan(before);
});

test("a record stays open while others come above it, and they stay afterwards", async ({
  page,
}) => {
  const srcaddr = "203.0.113.77";
  await arrives(page, { end: "2030-01-01T00:00:00Z", action: "REJECT", srcaddr });
  await openFlows(page);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("heading", { name: /^Record 1 of/ })).toBeVisible();
  const way = await drawer.getByText("→").first().innerText();
  await press(page, "Follow");
  await expect(drawer.getByRole("heading", { name: /^Record 2 of/ })).toBeVisible();
  expect(await drawer.getByText("→").first().innerText()).toBe(way);
  await page.keyboard.press("Escape");
  const arrived = page.getByRole("row").filter({ hasText: srcaddr });
  await expect(arrived).toHaveCount(1);
  const [again] = await Promise.all([
    page.waitForResponse(/\/api\/v1\/flows\?/),
    page.getByRole("button", { name: "Following" }).click(),
  ]);
  await again.finished();
  // The lake of the test never got it: the page that was read again does not have it, and it stays.
  await expect(page.getByRole("button", { name: "Follow", exact: true })).toBeVisible();
  await expect(arrived).toHaveCount(1);
});

test("a record that the filter leaves out is closed", async ({ page }) => {
  await openFlows(page, "?q=action+%3D+ACCEPT");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("heading", { name: /^Record 1 of/ })).toBeVisible();
  await page.getByRole("button", { name: "Remove action = ACCEPT" }).dispatchEvent("click");
  const editor = page.getByRole("combobox", { name: "Filter" });
  await editor.fill("action = REJECT");
  await editor.press("Control+Enter");
  await expect.poll(() => parameter(page, "q")).toBe("action = REJECT");
  await expect(drawer).toHaveCount(0);
});

test("a file that is too large is a choice, not a broken download", async ({ page }) => {
  await page.route("**/api/v1/flows?*format=csv*", (route) =>
    route.request().url().includes("confirm=true")
      ? route.continue()
      : route.fulfill({ status: 413, json: TOO_LARGE }),
  );
  const names: string[] = [];
  page.on("download", (file) => names.push(file.url()));
  await openFlows(page, "?q=dstport+%3D+22");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Records as CSV" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("5.00 G rows");
  expect(names).toEqual([]);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Read it all the same" }).click(),
  ]);
  expect(file.url()).toContain("confirm=true");
  expect(readFileSync(await file.path(), "utf8").split("\n").length).toBeGreaterThan(1);
  await expect(dialog).toHaveCount(0);
});

test("a file that the server refuses says why", async ({ page }) => {
  await page.route("**/api/v1/flows?*format=*", (route) =>
    route.fulfill({ status: 429, json: { ...REFUSAL, code: "rate", message: "too many ask" } }),
  );
  await openFlows(page);
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Records as NDJSON" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("Too many ask");
  await expect(dialog.getByRole("button", { name: "Try again" })).toBeVisible();
});
