// Interactions 6 to 8 and 15: time, comparing, what is different, rejects and spikes on the axis.

import { expect, type Locator, openExplore, type Page, parameter, test } from "./test";

const buckets = (page: Page): Locator => page.getByRole("slider", { name: /^Bucket of time/ });

/** Drags over a part of the chart, given as shares of its width. */
async function drag(page: Page, from: number, until: number): Promise<void> {
  const box = await buckets(page).boundingBox();
  if (!box) throw new Error("the chart has no place");
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * until, y, { steps: 6 });
  await page.mouse.up();
}

test("a preset, typed ends and the back button", async ({ page }) => {
  await openExplore(page);
  await page.keyboard.press("t");
  await page.getByRole("button", { name: "Last 7 days" }).click();
  await expect.poll(() => parameter(page, "from")).toBe("-7d");
  await page.keyboard.press("t");
  await page.getByRole("textbox", { name: /^From/ }).fill("yesterday 14:00");
  await page.getByRole("textbox", { name: /^Until/ }).fill("now");
  await page.keyboard.press("Enter");
  await expect.poll(() => parameter(page, "from")).toBe("yesterday 14:00");
  await page.goBack();
  await expect.poll(() => parameter(page, "from")).toBe("-7d");
});

test("a window that ends before it begins is refused in place", async ({ page }) => {
  await openExplore(page);
  await page.keyboard.press("t");
  await page.getByRole("textbox", { name: /^From/ }).fill("now");
  await page.getByRole("textbox", { name: /^Until/ }).fill("-1h");
  await expect(page.getByRole("alert")).toHaveText("The window ends before it begins");
  await expect(page.getByRole("button", { name: "Apply" }).first()).toBeDisabled();
});

test("brackets shift the window by its length", async ({ page }) => {
  await openExplore(page, "?from=-2h");
  await page.keyboard.press("[");
  await expect.poll(() => parameter(page, "until")).toMatch(/^\d{4}-/);
  const at = (name: string) => Date.parse(parameter(page, name) ?? "");
  expect(at("until") - at("from")).toBe(2 * 3_600_000);
  const before = at("from");
  await page.keyboard.press("]");
  await expect.poll(() => at("from")).toBe(before + 2 * 3_600_000);
});

test("times are UTC, and local if asked", async ({ page }) => {
  await page.goto("/explore?from=2026-01-01T10:00:00Z&until=2026-01-01T12:00:00Z");
  const picker = page.getByRole("button", { name: /1 Jan/ });
  await expect(picker).toContainText("10:00");
  await page.keyboard.press("u");
  await expect(picker).toContainText("11:00");
  expect(parameter(page, "tz")).toBe("local");
});

test("a drag over the chart marks a part, and zooms", async ({ page }) => {
  await openExplore(page);
  await drag(page, 0.25, 0.5);
  await expect.poll(() => parameter(page, "inside")).toMatch(/^\d.*\.\.\d/);
  const [from] = (parameter(page, "inside") ?? "").split("..");
  await page.getByRole("button", { name: "Zoom in" }).click();
  await expect.poll(() => parameter(page, "from")).toBe(from);
  expect(parameter(page, "inside")).toBeNull();
});

test("a marked part tells what is different there", async ({ page }) => {
  await openExplore(page);
  await drag(page, 0.3, 0.6);
  const panel = page.getByRole("region", { name: /^What is different here/ });
  await expect(panel).toBeVisible();
  const field = panel.getByRole("region").first();
  await expect(field.getByRole("listitem").first()).toContainText("%");
  await field.getByRole("button").first().click();
  await expect.poll(() => parameter(page, "q")).not.toBeNull();
});

test("comparing draws the time before and adds a change to each row", async ({ page }) => {
  await openExplore(page);
  const top = page.getByRole("region", { name: "Top" });
  await expect(top.getByRole("columnheader", { name: "Change" })).toHaveCount(0);
  await page.getByRole("combobox", { name: "Compare" }).selectOption("previous");
  await expect.poll(() => parameter(page, "compare")).toBe("previous");
  await expect(top.getByRole("columnheader", { name: "Change" })).toBeVisible();
});

test("keys walk the buckets and open one", async ({ page }) => {
  await openExplore(page);
  await buckets(page).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(buckets(page)).not.toHaveAttribute("aria-valuetext", "none");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Zoom in" }).click();
  await expect.poll(() => parameter(page, "from")).toMatch(/^\d{4}-/);
});

test("unusual rejects are flags that explain themselves", async ({ page, request }) => {
  const answer = await request.get("/api/v1/spikes", { params: { from: "-7d", action: "REJECT" } });
  const { spikes } = await answer.json();
  await openExplore(page, "?from=-7d");
  await expect(page.getByRole("button", { name: /^Spike: / })).toHaveCount(spikes.length);
  expect(spikes.length).toBeGreaterThan(0);
  const flag = page.getByRole("button", { name: /^Spike: / }).first();
  await expect(flag).toHaveAttribute("title", spikes[0].why);
  await flag.click();
  await page.getByRole("menuitem", { name: "Records", exact: true }).click();
  await expect(page).toHaveURL(/\/flows/);
  expect(parameter(page, "q")).toBe(spikes[0].q);
});
