// One picture for each page that the documentation shows.

import { join } from "node:path";

import { expect, test } from "../e2e/test";
import type { Page } from "../e2e/test";

const IMAGES = join(import.meta.dirname, "../../docs/images");

interface Picture {
  name: string;
  path: string;
  scheme: "light" | "dark";
  /** What is done before the picture is taken. */
  act?: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  { name: "home", path: "/", scheme: "light" },
  { name: "explore", path: "/explore", scheme: "light" },
  { name: "explore-dark", path: "/explore?by=srcaddr&chart=lines", scheme: "dark" },
  {
    name: "sankey",
    path: "/explore?by=client_addr&server_by=server_addr&view=sankey&metric=flows",
    scheme: "light",
    act: async (page) => {
      await page.getByRole("tablist", { name: "Drawn as" }).scrollIntoViewIfNeeded();
      await page.mouse.wheel(0, 220);
    },
  },
  {
    name: "flows",
    path: "/flows?q=action+%3D+REJECT",
    scheme: "light",
    act: async (page) => {
      await page
        .getByRole("row")
        .nth(3)
        .click({ position: { x: 60, y: 10 } });
      await expect(page.getByRole("region", { name: "Fields" })).toBeVisible();
    },
  },
];

for (const { name, path, scheme, act } of PICTURES) {
  test(name, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.goto(path);
    // First something, then nothing that is still on its way.
    await expect(page.getByRole("main").locator("svg path").first()).toBeAttached();
    const loading = page.getByRole("status", { name: "Loading" });
    await expect(loading).toHaveCount(0, { timeout: 60_000 });
    await act?.(page);
    await expect(loading).toHaveCount(0, { timeout: 60_000 });
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await expect(page.getByRole("list", { name: "Running queries" })).toHaveCount(0);
    await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  });
}
