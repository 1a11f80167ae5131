// The `test` of all end-to-end tests: pages of the world's server, and small readers of the page.

import { test as base, expect, type Locator, type Page } from "@playwright/test";

import { worldUrl } from "./world";

export { expect, type Locator, type Page } from "@playwright/test";

interface Fixtures {
  /** Faults that the page wrote to its console: none are expected. */
  faults: string[];
}

export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => use(worldUrl()),
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => {
        const isRefused = message.text().includes("Content Security Policy");
        if (isRefused) faults.push(message.text());
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

/** A parameter of the page's URL. */
export function parameter(page: Page, name: string): string | null {
  return new URL(page.url()).searchParams.get(name);
}

/** The pills of the filter, as their texts. */
export function pills(page: Page): Locator {
  return page.getByRole("search").getByRole("button", { name: /^Filter / });
}

/** Opens Explore and waits for its chart. */
export async function openExplore(page: Page, query = ""): Promise<void> {
  await page.goto(`/explore${query}`);
  await expect(page.getByRole("region", { name: "Over time" }).getByRole("img")).toBeVisible();
}

/** Opens Flows and waits for its rows. */
export async function openFlows(page: Page, query = ""): Promise<void> {
  await page.goto(`/flows${query}`);
  await expect(page.getByRole("table", { name: "Records" }).getByRole("row").nth(1)).toBeVisible();
}

/** The panel of one of the usual fields. */
export function facet(page: Page, title: string): Locator {
  return page.getByRole("region", { name: title });
}

/** Types into the filter's editor and applies it. */
export async function typeFilter(page: Page, text: string): Promise<void> {
  const editor = page.getByRole("combobox", { name: "Filter" });
  await editor.fill(text);
  await editor.press("Control+Enter");
}
