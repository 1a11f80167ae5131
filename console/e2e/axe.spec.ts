// Every page, in both themes, by the rules of axe: no serious and no critical fault.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./test";

const PAGES = [
  "/",
  "/explore",
  "/explore?view=sankey&by=client_addr&server_by=server_port,server_addr",
  "/explore?view=matrix&by=client_addr&server_by=server_addr",
  "/explore?view=map",
  "/flows",
  "/entity/port/443",
  "/findings",
  "/groups",
  "/coverage",
  "/sql?sql=select+srcaddr,+bytes+from+flows+limit+20",
  "/views",
  "/help",
];

for (const theme of ["light", "dark"] as const) {
  for (const path of PAGES) {
    test(`${path} has no serious fault in ${theme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(path);
      await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
      await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0, {
        timeout: 60_000,
      });
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const grave = violations
        .filter((it) => it.impact === "serious" || it.impact === "critical")
        .map((it) => ({ rule: it.id, at: it.nodes.map((node) => node.html.slice(0, 200)) }));
      expect(grave).toEqual([]);
    });
  }
}

test("the palette has no serious fault", async ({ page }) => {
  await page.goto("/help");
  await expect(page.getByRole("heading", { name: "Help and keys" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: /Command/ })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter((it) => it.impact === "serious" || it.impact === "critical")).toEqual(
    [],
  );
});
