// Interactions 9, 13, 14: sankey, matrix and map. Marks filter, exclude, and lead to their records.
import type { FlowsAnswer } from "../src/api/types";
import { expect, openExplore, parameter, pills, test } from "./test";
import type { Locator, Page } from "./test";

const SANKEY =
  "?from=-7d&metric=flows&view=sankey&by=client_addr&server_by=server_port,server_addr";

/** The layer of marks of the chart whose name has `words`. */
function marks(page: Page, words: RegExp): Locator {
  return page.getByRole("group", { name: words });
}

test("a sankey has at most 60 nodes, and a node filters", async ({ page }) => {
  await openExplore(page, SANKEY);
  const layer = marks(page, /^Marks: .*Largest: client/);
  await expect(layer).toBeVisible();
  const nodes = layer.locator('[aria-label^="Client "], [aria-label^="Server"]');
  expect(await nodes.count()).toBeGreaterThan(3);
  expect(await nodes.count()).toBeLessThanOrEqual(60);
  const port = layer.locator('[role="button"][aria-label^="Server port "]').first();
  const value = /^Server port (\d+)/.exec((await port.getAttribute("aria-label")) ?? "")?.[1];
  await port.click();
  await expect(pills(page)).toHaveText([new RegExp(`^server_port = ${value}`)]);
  await page.goBack();
  await expect(pills(page)).toHaveCount(0);
});

test("Alt excludes, and keys do the same", async ({ page }) => {
  await openExplore(page, SANKEY);
  const port = () =>
    marks(page, /^Marks/)
      .locator('[role="button"][aria-label^="Server port "]')
      .first();
  await port().click({ modifiers: ["Alt"] });
  await expect(pills(page)).toHaveText([/server_port != |not server_port/]);
  await page.goBack();
  await expect(pills(page)).toHaveCount(0);
  await port().focus();
  await page.keyboard.press("x");
  await expect(pills(page)).toHaveText([/server_port != |not server_port/]);
});

test("the records of a mark are as many as the mark says", async ({ page }) => {
  await openExplore(page, SANKEY);
  const client = marks(page, /^Marks/)
    .locator('[role="button"][aria-label^="Client "]')
    .last();
  await client.focus();
  const name = (await client.getAttribute("aria-label")) ?? "";
  await client.press("Shift+Enter");
  await expect(page).toHaveURL(/\/flows\?/);
  expect(parameter(page, "from")).toBe("-7d");
  const q = parameter(page, "q") ?? "";
  const answer = await page.request.get("/api/v1/flows", { params: { q, from: "-7d", limit: 1 } });
  const { n_total }: FlowsAnswer = await answer.json();
  const said = /: ([\d,]+), /.exec(name)?.[1] ?? "";
  expect((n_total ?? -1).toLocaleString("en-US")).toBe(said);
});

test("a picture can be read as a table", async ({ page }) => {
  await openExplore(page, SANKEY);
  const figure = page.getByRole("figure").filter({ has: marks(page, /^Marks: .*client/) });
  await figure.getByRole("button", { name: "View as table" }).click();
  const table = page.getByRole("table", { name: /Largest: client/ });
  await expect(table.getByRole("columnheader")).toHaveText(["From", "To", "records", "Share"]);
});

test("a pair of the matrix filters both sides", async ({ page }) => {
  await openExplore(
    page,
    "?from=-7d&metric=flows&view=matrix&by=client_addr&server_by=server_addr",
  );
  const pair = marks(page, /^Marks: .*Largest pair/).locator('[role="button"][aria-label*=" to "]');
  await pair.first().click();
  await expect(pills(page)).toHaveText([/^client_addr = /, /^server_addr = /]);
});

test("the map works offline, switches to rejects, and filters", async ({ page, baseURL }) => {
  const outside: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(baseURL ?? "")) outside.push(request.url());
  });
  await openExplore(page, "?from=-7d&view=map");
  const map = page.getByRole("img", { name: /countr(y|ies) of|known country/ });
  await expect(map).toBeVisible();
  await page.getByRole("button", { name: "Rejected", exact: true }).click();
  await expect(page.getByRole("img", { name: /rejected/ })).toBeVisible();
  const countries = page.getByRole("table", { name: "Countries" });
  await countries.getByRole("button").first().click();
  await expect(pills(page)).toHaveText([/country/]);
  expect(outside.filter((url) => !url.startsWith("data:"))).toEqual([]);
});
