// Interactions 16, 17, 19, 23, 24: views, URLs, cost and cancelling, themes, states.

import { expect, openExplore, parameter, pills, test } from "./test";

test("a saved view opens with the same question for everybody", async ({ page, context }) => {
  await openExplore(page, "?q=action+%3D+REJECT&by=dstport&metric=flows");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: /^Save this view/ }).click();
  const name = `rejects ${Date.now()}`;
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const colleague = await context.newPage();
  await openExplore(colleague);
  await colleague.getByRole("button", { name: "Views" }).click();
  await colleague.getByRole("menuitem", { name }).click();
  await expect(pills(colleague)).toHaveText(["action = REJECT"]);
  expect(parameter(colleague, "by")).toBe("dstport");
});

test("the console opens with the default view", async ({ page }) => {
  const view = { url: "/explore?q=dstport+%3D+443&metric=packets", description: null };
  await page.route("**/api/v1/views", (route) =>
    route.fulfill({
      json: [{ ...view, name: "mine", is_default: true, saved_at: "2026-03-02T00:00:00Z" }],
    }),
  );
  await page.goto("/");
  await expect(page).toHaveURL(/\/explore\?q=dstport/);
  await expect(pills(page)).toHaveText(["dstport = 443 (https)"]);
  await page.goto("/explore");
  await page.getByRole("link", { name: "Home" }).click();
  await expect(page.getByText("Rejected", { exact: true })).toBeVisible();
});

test("a URL can be typed", async ({ page }) => {
  await openExplore(page, "?q=action%3DREJECT&from=-1h&by=dstport");
  await expect(pills(page)).toHaveText(["action = REJECT"]);
  await expect(page.getByRole("combobox", { name: "Client by" })).toHaveValue("dstport");
  await expect(page.getByRole("button", { name: /Last hour/ })).toBeVisible();
});

test("the inspector tells what an answer cost", async ({ page }) => {
  await openExplore(page);
  await page.keyboard.press("i");
  const dialog = page.getByRole("dialog", { name: "Query inspector" });
  await expect(dialog.getByRole("row", { name: /^Explore/ })).toContainText("ms");
  await expect(dialog.getByRole("region", { name: /^Statement/ })).toContainText("SELECT");
});

test("a slow query shows how far it is, and can be cancelled", async ({ page }) => {
  let isCancelled = false;
  await page.route("**/api/v1/queries/*", async (route) => {
    if (route.request().method() === "DELETE") isCancelled = true;
    await route.continue();
  });
  await page.route("**/api/v1/explore?*", async (route) => {
    if (route.request().url().includes("server_port")) {
      await new Promise((resolve) => setTimeout(resolve, 4000));
    }
    await route.continue();
  });
  await page.goto("/explore");
  const running = page.getByRole("list", { name: "Running queries" });
  await expect(running).toBeVisible();
  await running.getByRole("button", { name: "Cancel" }).first().click();
  await expect.poll(() => isCancelled).toBe(true);
});

test("before a large scan there is a choice", async ({ page }) => {
  await page.route("**/api/v1/explore?*", async (route) => {
    if (route.request().url().includes("confirm=true")) return route.continue();
    const body = {
      code: "too_large",
      message: "this would read 1,200 files",
      hint: "a shorter window reads less",
      causes: [],
      span: null,
      suggestions: [],
      cost: { n_files: 1200, n_rows: 5_000_000_000, n_bytes: 400_000_000_000 },
    };
    return route.fulfill({ status: 422, json: body });
  });
  await page.goto("/explore");
  const chart = page.getByRole("region", { name: "Over time" });
  await expect(chart.getByRole("alert")).toContainText("5.00 G rows");
  await chart.getByRole("button", { name: "Read it all the same" }).click();
  await expect(chart.getByRole("img")).toBeVisible();
});

test("the theme is chosen and kept", async ({ page }) => {
  await openExplore(page);
  await page.keyboard.press("d");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.keyboard.press("d");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("nothing found, a fault and a lost server all say so", async ({ page }) => {
  await page.goto("/explore?q=srcaddr+%3D+192.0.2.255");
  await expect(page.getByText("No records match").first()).toBeVisible();
  await page.goto("/explore?q=nonsense+%3D");
  await expect(page.getByRole("alert").first()).toBeVisible();
  await page.route("**/api/v1/flows?*", (route) => route.abort());
  await page.goto("/flows");
  await expect(page.getByText("The server cannot be reached")).toBeVisible({ timeout: 20_000 });
});

test("a filter that cannot be read is said once, with the way out", async ({ page }) => {
  await page.goto("/explore?q=acton+%3D+REJECT");
  const alert = page.getByRole("main").getByRole("alert");
  await expect(alert).toHaveCount(1);
  await expect(alert).toContainText("The filter cannot be read");
  await alert.getByRole("button", { name: "action = REJECT" }).click();
  await expect(page).toHaveURL(/q=action\+%3D\+REJECT/);
  await expect(page.getByRole("region", { name: "Over time" }).getByRole("img")).toBeVisible();
});

test("a window before all records leads to those that there are", async ({ page }) => {
  await page.goto("/?from=2001-01-01&until=2001-01-02");
  await expect(page.getByText("The lake has no records in this window")).toBeVisible();
  await page.getByRole("button", { name: "Show its last day" }).click();
  await expect(page.getByText("The lake has no records in this window")).toHaveCount(0);
  await expect(page.getByRole("link", { name: /^Accepted [1-9]/ })).toBeVisible();
});

test("an address that is none says so", async ({ page }) => {
  await page.goto("/nowhere");
  await expect(page.getByText("There is no such page")).toBeVisible();
});

test("a server that refuses the stream is asked again, and said to be there", async ({ page }) => {
  let isFull = true;
  await page.route("**/api/v1/events", (route) =>
    isFull
      ? route.fulfill({ status: 503, json: { code: "busy", message: "too many clients listen" } })
      : route.continue(),
  );
  await openExplore(page);
  const notice = page.getByText(/^The server answers, but sends no news/);
  await expect(notice).toBeVisible();
  await expect(page.getByText("The connection to the server is lost")).toHaveCount(0);
  isFull = false;
  await expect(notice).toHaveCount(0);
});

test("who opens a page asks each question once", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.endsWith("/explore")) asked.push(search);
  });
  const told = page.waitForResponse("**/api/v1/events");
  await openExplore(page);
  await told;
  await page.waitForTimeout(1500);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked).toEqual([...new Set(asked)]);
});
