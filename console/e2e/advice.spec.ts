// Security groups and coverage: verdicts in words, the proof, plans to copy, nothing applied.
import { expect, parameter, test } from "./test";
import type { Page } from "./test";

/** Advice is made when it is first asked for. */
const MADE_MS = 90_000;

async function openGroups(page: Page): Promise<void> {
  await page.goto("/groups");
  await expect(page.getByRole("table", { name: "Security groups" })).toBeVisible({
    timeout: MADE_MS,
  });
}

test.describe("security groups", () => {
  test.setTimeout(MADE_MS + 30_000);

  test("every group has a verdict, and the plan its proof", async ({ page }) => {
    await openGroups(page);
    const groups = page.getByRole("table", { name: "Security groups" });
    await expect(groups.getByRole("row").nth(1)).toContainText(/used|unused|only named|default/);
    await expect(page.getByText(/^Would have blocked \d+ flows? in \d+ days?/)).toBeVisible();
  });

  test("a group shows its rules with use, confidence and proposal", async ({ page }) => {
    await openGroups(page);
    await page.getByRole("table", { name: "Security groups" }).getByRole("link").first().click();
    const rules = page.getByRole("table", { name: "Rules" });
    await expect(rules).toBeVisible();
    await rules
      .getByRole("button", { name: /^Details of/ })
      .first()
      .click();
    await expect(page).toHaveURL(/rule=/);
    await expect(rules.getByText("Meaning")).toBeVisible();
    await page.reload();
    await expect(rules.getByText("Meaning")).toBeVisible({ timeout: MADE_MS });
  });

  test("the change is there to be copied, in each form", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await openGroups(page);
    const plan = page.getByRole("region", { name: "The change, for you to run" });
    for (const form of ["Terraform", "CloudFormation", "Way back", "AWS CLI"]) {
      await plan.getByRole("tab", { name: form }).click();
      await expect(plan.locator("pre")).not.toBeEmpty();
      await expect(plan.locator("pre")).not.toHaveText("Nothing to change");
    }
    await plan.getByRole("button", { name: /^Copy/ }).click();
    const copied: string = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.trim()).toBe(((await plan.locator("pre").textContent()) ?? "").trim());
  });

  test("nothing is ever changed from here", async ({ page }) => {
    const writes: string[] = [];
    page.on("request", (request) => {
      if (request.method() !== "GET") writes.push(request.url());
    });
    await openGroups(page);
    await page.getByRole("table", { name: "Security groups" }).getByRole("link").first().click();
    await expect(page.getByRole("table", { name: "Rules" })).toBeVisible();
    expect(writes).toEqual([]);
    await expect(page.getByRole("button", { name: /apply/i })).toHaveCount(0);
  });
});

test("coverage shows who logs what, and finds the gaps", async ({ page }) => {
  await page.goto("/coverage");
  const places = page.getByRole("table", { name: "VPCs, subnets and interfaces" });
  await expect(places).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("img", { name: /of .* interfaces? .*logged/ })).toBeVisible();
  const before = await places.getByRole("row").count();
  await places
    .getByRole("button", { name: /^Open / })
    .first()
    .click();
  expect(await places.getByRole("row").count()).toBeGreaterThan(before);
  const states = page.getByRole("group", { name: "States that are shown" });
  await states.locator("button:enabled").first().click();
  expect(parameter(page, "states")).not.toBeNull();
  const plan = page.getByRole("region", { name: "Close the gaps, for you to run" });
  await expect(plan.locator("pre")).not.toBeEmpty();
});
