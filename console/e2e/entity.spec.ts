// Interactions 9, 11, 21: from any address to its page, from its numbers to their records, notes.
import type { FacetsAnswer, FlowsAnswer } from "../src/api/types";
import { expect, facet, openExplore, parameter, test } from "./test";
import type { Page } from "./test";

/** The server that is called most: the world has it, whatever its seed. */
async function busiest(page: Page): Promise<string> {
  const answer = await page.request.get("/api/v1/facets", {
    params: { fields: "server_addr", metric: "flows", limit: 1, from: "-7d" },
  });
  const { facets }: FacetsAnswer = await answer.json();
  return String(facets[0]?.rows[0]?.value);
}

/** The number at the head of the chart's name: "1.23 k records: ...". */
const TOTAL = /^([\d.,]+(?: [kMG])?) records/;

test("any address is one click from its page, with filter and window", async ({ page }) => {
  await openExplore(page, "?from=-3d&q=action+%3D+ACCEPT");
  const addresses = facet(page, "Destination addresses");
  await addresses.getByRole("listitem").first().hover();
  await addresses
    .getByRole("button", { name: /^Actions for/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: /^All about this address/ }).click();
  await expect(page).toHaveURL(/\/entity\/address\//);
  expect(parameter(page, "from")).toBe("-3d");
  expect(parameter(page, "q")).toBe("action = ACCEPT");
  await expect(page.getByText("Only what matches")).toContainText("action = ACCEPT");
  await page.getByRole("button", { name: "Show all of it" }).click();
  await expect(page.getByText("Only what matches")).toHaveCount(0);
  await page.goBack();
  await expect(page.getByText("Only what matches")).toBeVisible();
});

test("a page tells client from server, peers and ports", async ({ page }) => {
  const address = await busiest(page);
  await page.goto(`/entity/address/${address}?from=-7d`);
  await page.getByRole("tab", { name: "As server" }).click();
  await expect(page).toHaveURL(/side=as-server/);
  await expect(page.getByRole("region", { name: "Clients" }).getByRole("row")).not.toHaveCount(0);
  await expect(page.getByRole("region", { name: /^Ports/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "Facts" })).toContainText("Last seen");
  await expect(page.getByRole("table", { name: "Newest records" })).toBeVisible();
});

test("the records of a view are as many as its chart says", async ({ page }) => {
  const address = await busiest(page);
  await page.goto(`/entity/address/${address}?from=-7d&metric=flows&side=as-server`);
  const chart = page.getByRole("region", { name: "Over time" }).getByRole("img");
  const name = (await chart.getAttribute("aria-label")) ?? "";
  await page.getByRole("link", { name: "All records" }).click();
  await expect(page).toHaveURL(/\/flows\?/);
  expect(parameter(page, "from")).toBe("-7d");
  const answer = await page.request.get("/api/v1/flows", {
    params: { q: parameter(page, "q") ?? "", from: "-7d", limit: 1 },
  });
  const { n_total }: FlowsAnswer = await answer.json();
  const said = TOTAL.exec(name)?.[1] ?? "";
  expect(short(n_total ?? -1)).toBe(said);
});

/** As the console says counts; written anew, so that both may not be wrong alike. */
function short(count: number): string {
  if (count < 10_000) return count.toLocaleString("en-US");
  const [size, unit] = count < 999_500 ? [1000, "k"] : [1_000_000, "M"];
  const scaled = count / Number(size);
  return `${scaled.toFixed(scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2)} ${unit}`;
}

test("a note shows wherever its value shows", async ({ page }) => {
  const address = await busiest(page);
  await page.goto(`/entity/address/${address}?from=-7d`);
  await page.getByRole("button", { name: /^(Add a note|Edit)$/ }).click();
  const form = page.getByRole("form", { name: "Note" });
  await form.getByRole("radio", { name: "Known scanner" }).check();
  await form.getByRole("textbox", { name: "Text of the note" }).fill("Ours, every night");
  await form.getByRole("button", { name: "Save the note" }).click();
  // The form goes when the note is saved.
  await expect(form).toHaveCount(0);
  await expect(page.getByText("Ours, every night", { exact: true })).toBeVisible();
  await openExplore(page, `?from=-7d&q=addr+%3D+${address}`);
  const shown = page.getByText("known-scanner: Ours, every night");
  await expect(shown.first()).toBeAttached();
  await page.goto(`/entity/address/${address}?from=-7d`);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("form", { name: "Note" }).getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("button", { name: "Add a note" })).toBeVisible();
});

test("what nobody knows says so", async ({ page }) => {
  await page.goto("/entity/address/192.0.2.251?from=-1h");
  await expect(page.getByText(/know it/)).toBeVisible();
  await expect(page.getByText("No records in this window").first()).toBeVisible();
});

test("what is on its way is never shown under the name of another", async ({ page }) => {
  // Not one that another test notes something on.
  const address = "192.0.2.8";
  await page.goto(`/entity/address/${address}?from=-7d`);
  const head = page.getByText(address, { exact: true }).first();
  await expect(head).toBeVisible();
  await page.getByRole("button", { name: "Add a note" }).click();
  await page.getByRole("textbox", { name: "Text of the note" }).fill("of the first");
  await page.route("**/api/v1/entity/address/192.0.2.9?*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await page.getByText("Facts", { exact: true }).click();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("192.0.2.9");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/entity\/address\/192\.0\.2\.9/);
  await expect(head).toHaveCount(0, { timeout: 1000 });
  await expect(page.getByText("192.0.2.9", { exact: true }).first()).toBeVisible();
  // What was begun for the first is not in the form of the second.
  await expect(page.getByRole("textbox", { name: "Text of the note" })).toHaveCount(0);
});
