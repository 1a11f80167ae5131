// Interaction 22: keys and the palette. The help page is made from the same table.
import { COMMAND_IDS, commandOf, PLACES } from "../src/commands/keys";
import { expect, openExplore, parameter, test } from "./test";

test("the help page lists every command of the table with its keys", async ({ page }) => {
  await page.goto("/help");
  for (const id of COMMAND_IDS) {
    const { title, group, keys } = commandOf(id);
    const line = page.getByRole("region", { name: group, exact: true }).locator("dl > div", {
      has: page.getByText(title, { exact: true }),
    });
    const strokes = (keys[0] ?? "").split(" ").length;
    await expect(line.locator("kbd"), title).toHaveCount(strokes);
  }
});

test("g and a letter go to a page and take the window along", async ({ page }) => {
  await openExplore(page, "?from=-6h&q=action+%3D+REJECT");
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/\/flows\?/);
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page).toHaveURL(/\/coverage\?/);
  expect(parameter(page, "from")).toBe("-6h");
  expect(parameter(page, "q")).toBe("action = REJECT");
  await page.keyboard.press("?");
  await expect(page.getByRole("heading", { name: "Help and keys" })).toBeVisible();
});

test("keys rest while one types", async ({ page }) => {
  await page.goto("/coverage");
  const find = page.getByRole("searchbox", { name: "Find a place" });
  await find.fill("");
  await find.pressSequentially("gf?");
  await expect(find).toHaveValue("gf?");
  expect(new URL(page.url()).pathname).toBe("/coverage");
});

test("the palette opens pages and whatever an address names", async ({ page }) => {
  await openExplore(page, "?from=-6h");
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: /^Command/ });
  await box.fill("cover");
  await expect(page.getByRole("option")).toHaveText([/Coverage/]);
  await box.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${PLACES["go.coverage"]}\\?from=-6h`));
  await page.keyboard.press("Control+k");
  await box.fill("10.0.0.1");
  await box.press("Enter");
  await expect(page).toHaveURL(/\/entity\/address\/10\.0\.0\.1\?from=-6h/);
});

test("the palette walks with arrows and leaves with Escape", async ({ page }) => {
  await page.goto("/help");
  await expect(page.getByRole("heading", { name: "Help and keys" })).toBeVisible();
  await page.keyboard.press("Control+k");
  const options = page.getByRole("option");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(options.nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
