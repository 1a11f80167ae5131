// Interactions 9, 11, 12, 14: drills, pivots, tables with an exact rest, pictures.

import { expect, facet, openExplore, parameter, test } from "./test";

test("the records of a bucket are as many as the mark says", async ({ page }) => {
  await openExplore(page, "?metric=flows&by=action");
  const layer = page.getByRole("slider", { name: /^Bucket of time/ });
  const box = await layer.boundingBox();
  if (!box) throw new Error("the chart has no place");
  await page.mouse.click(box.x + box.width * 0.5, box.y + box.height * 0.6);
  const item = page.getByRole("menuitem", { name: /^ACCEPT/ });
  const said = Number((await item.innerText()).replace(/\D/g, ""));
  await item.click();
  await expect(page).toHaveURL(/\/flows/);
  expect(parameter(page, "q")).toBe("action = ACCEPT");
  await expect(page.getByText(`${said.toLocaleString("en-US")} records`)).toBeVisible();
});

test("drilling keeps the filter and the window", async ({ page }) => {
  await openExplore(page, "?q=action+%3D+ACCEPT&from=-6h&metric=flows&by=dstport");
  const row = page.getByRole("region", { name: "Top" }).getByRole("row").nth(1);
  await row.focus();
  await row.press("Enter");
  await expect(page).toHaveURL(/\/flows/);
  expect(parameter(page, "q")).toMatch(/^action = ACCEPT and dstport = \d+$/);
  expect(parameter(page, "from")).toBe("-6h");
});

test("from any address it is one step to its page, filter and window kept", async ({ page }) => {
  await openExplore(page, "?from=-6h&q=action+%3D+ACCEPT");
  const address = facet(page, "Source addresses").getByRole("listitem").first();
  await address.getByRole("button").first().click({ button: "right" });
  await page.getByRole("menuitem", { name: "All about this address" }).click();
  await expect(page).toHaveURL(/\/entity\/address\//);
  expect(parameter(page, "from")).toBe("-6h");
  expect(parameter(page, "q")).toBe("action = ACCEPT");
});

test("the rows and Other add up to the total", async ({ page, request }) => {
  await openExplore(page, "?metric=flows&by=srcaddr");
  const top = page.getByRole("region", { name: "Top" });
  await expect(top.getByRole("row", { name: /^Other/ })).toBeVisible();
  const answer = await request.get("/api/v1/explore", {
    params: { by: "srcaddr", metric: "flows", bucket: "auto" },
  });
  const { rows, other, total } = await answer.json();
  const sum = rows.reduce((all: number, it: { value: number }) => all + it.value, 0);
  expect(sum + other.value).toBe(total.value);
  await expect(top.getByTitle(`${total.value.toLocaleString("en-US")} records`)).toBeVisible();
});

test("a row and its series stand out together", async ({ page }) => {
  await openExplore(page, "?by=dstport");
  const top = page.getByRole("region", { name: "Top" });
  await page.keyboard.press("j");
  await expect(top.getByRole("row").nth(1)).toHaveAttribute("aria-selected", "true");
  await expect(page.locator('path[data-dim="true"]').first()).toBeAttached();
  await page.keyboard.press("x");
  await expect.poll(() => parameter(page, "q")).toMatch(/^dstport != \d+$/);
});

test("paths, pairs and the map draw the same question", async ({ page }) => {
  await openExplore(page);
  for (const view of ["Sankey", "Matrix", "Map"]) {
    await page.getByRole("tab", { name: view }).click();
    await expect.poll(() => parameter(page, "view")).toBe(view.toLowerCase());
    const picture = page.getByRole("region", { name: "Top" }).getByRole("img").first();
    await expect(picture).toBeVisible();
    await expect(picture).toHaveAttribute("aria-label", /\S/);
  }
});

test("the chart is a table too", async ({ page }) => {
  await openExplore(page, "?by=action&metric=flows");
  const chart = page.getByRole("region", { name: "Over time" });
  await chart.getByRole("button", { name: "View as table" }).click();
  await expect(chart.getByRole("columnheader", { name: "ACCEPT" })).toBeVisible();
  expect(await chart.getByRole("row").count()).toBeGreaterThan(10);
});

test("home leads into Explore", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByText("Rejected", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: /^Who uses SSH and RDP/ }).click();
  await expect(page).toHaveURL(/\/explore/);
  expect(parameter(page, "q")).toBe("dstport in (22, 3389)");
});

test("what is shown while the next is on its way keeps its name", async ({ page }) => {
  await page.goto("/");
  const movers = page.getByRole("region", { name: "Top movers" });
  const head = movers.getByRole("columnheader").first();
  await expect(head).toBeVisible();
  const before = await head.innerText();
  await page.route("**/api/v1/movers?*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await movers.getByRole("tab", { name: "Clients" }).click();
  await expect(movers.locator("[aria-busy=true]")).toHaveCount(1);
  expect(await head.innerText()).toBe(before);
  // A click there would be one on what is no longer asked for.
  await expect(movers.locator("[aria-busy=true]")).toHaveCSS("pointer-events", "none");
  await expect(head).not.toHaveText(before);
});

test("numbers of the window before say that they are", async ({ page }) => {
  await page.goto("/?from=-6h");
  const tile = page.getByRole("link", { name: /^Accepted/ });
  await expect(tile).toContainText("records");
  await page.route("**/api/v1/explore?*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await page.keyboard.press("[");
  await expect(tile).toHaveAttribute("aria-busy", "true");
  await expect(tile).not.toHaveAttribute("aria-busy", "true");
});
