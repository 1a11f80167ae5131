// Findings and saved views (interactions 15 and 16): honest when empty, and links that keep all.
import type { SpikesAnswer } from "../src/api/types";
import { expect, parameter, test } from "./test";

test("an empty list says that nothing is looked for", async ({ page }) => {
  await page.goto("/findings");
  await expect(page.getByText("No detection rules yet")).toBeVisible();
});

test("checks of security groups are findings, worst first", async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto("/findings");
  const groups = page.getByRole("region", { name: "Security groups" });
  const checks = groups.getByRole("listitem");
  await expect(checks.first()).toContainText(/^(critical|high)/, { timeout: 90_000 });
  await checks.first().getByRole("link").click();
  await expect(page).toHaveURL(/\/groups\/sg-/);
});

test("each spike leads to its records, with its window", async ({ page }) => {
  const answer = await page.request.get("/api/v1/spikes", {
    params: { from: "-7d", action: "REJECT" },
  });
  const { spikes }: SpikesAnswer = await answer.json();
  await page.goto("/findings?from=-7d");
  if (spikes.length === 0) {
    await expect(page.getByText("No hour of the window stands out")).toBeVisible();
    return;
  }
  const table = page.getByRole("table", { name: "Spikes of rejected traffic" });
  await expect(table.getByRole("row")).toHaveCount(spikes.length + 1);
  await table.getByRole("link", { name: "Records" }).first().click();
  await expect(page).toHaveURL(/\/flows\?/);
  expect(parameter(page, "from")).toBe(spikes[0]?.window.from);
  expect(parameter(page, "until")).toBe(spikes[0]?.window.until);
  expect(parameter(page, "q")).toBe(spikes[0]?.q);
});

test("a saved view is renamed, opened and deleted", async ({ page }) => {
  const name = `view ${Date.now()}`;
  const saved = await page.request.put(`/api/v1/views/${encodeURIComponent(name)}`, {
    headers: { "x-tidegate": "1" },
    data: { url: "/explore?q=action+%3D+REJECT&by=dstport", description: "For a test" },
  });
  expect(saved.ok()).toBe(true);
  await page.goto("/views");
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(`${name} again`);
  await page.getByRole("button", { name: "Save the view" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("link", { name, exact: true })).toHaveCount(0);
  await page.getByRole("link", { name: `${name} again` }).click();
  await expect(page).toHaveURL(/\/explore\?/);
  expect(parameter(page, "q")).toBe("action = REJECT");
  expect(parameter(page, "by")).toBe("dstport");
  await page.goto("/views");
  await page.getByRole("button", { name: `Actions for ${name} again` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("link", { name: `${name} again` })).toHaveCount(0);
});
