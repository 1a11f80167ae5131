// Interactions 1 to 5: click to filter, pills, one language, completion, swap.

import { expect, facet, openExplore, parameter, pills, test, typeFilter } from "./test";

test("a click on a value filters, the back button undoes", async ({ page }) => {
  await openExplore(page);
  await facet(page, "Actions").getByRole("button", { name: "REJECT", exact: true }).click();
  await expect(pills(page)).toHaveText(["action = REJECT"]);
  expect(parameter(page, "q")).toBe("action = REJECT");
  await expect(facet(page, "Actions").getByRole("listitem")).toHaveCount(1);
  await page.goBack();
  await expect(pills(page)).toHaveCount(0);
  expect(parameter(page, "q")).toBeNull();
});

test("Alt and a click exclude, and so does the menu", async ({ page }) => {
  await openExplore(page);
  const actions = facet(page, "Actions");
  await actions.getByRole("button", { name: "ACCEPT", exact: true }).click({ modifiers: ["Alt"] });
  await expect(pills(page)).toHaveText(["action != ACCEPT"]);
  // Without what was accepted, records without a port may be the most.
  const ports = facet(page, "Destination ports").getByRole("listitem");
  const port = ports.filter({ hasText: /^\d/ }).first();
  await port.hover();
  await port.getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: /^Exclude this/ }).click();
  await expect(pills(page)).toHaveCount(2);
  expect(parameter(page, "q")).toMatch(/^action != ACCEPT and dstport != \d+$/);
});

test("a pill is negated, switched off, pinned and removed", async ({ page }) => {
  await openExplore(page, "?q=action+%3D+REJECT");
  const act = async (name: string) => {
    await pills(page).first().click();
    await page.getByRole("menuitem", { name, exact: true }).click();
  };
  await act("Exclude");
  await expect(pills(page)).toHaveText([/action.*REJECT/]);
  expect(parameter(page, "q")).not.toBe("action = REJECT");
  await act("Include");
  await expect.poll(() => parameter(page, "q")).toBe("action = REJECT");
  await act("Switch off");
  await expect.poll(() => parameter(page, "off")).toBe("action = REJECT");
  expect(parameter(page, "q")).toBeNull();
  const accepted = facet(page, "Actions").getByRole("button", { name: "ACCEPT", exact: true });
  await expect(accepted).toBeVisible();
  await act("Pin");
  await expect.poll(() => parameter(page, "pin")).toBe("action = REJECT");
  await expect(facet(page, "Actions").getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: /^Remove / }).click();
  await expect(pills(page)).toHaveCount(0);
});

test("text to pills to text is the identity", async ({ page }) => {
  await openExplore(page);
  await page.getByRole("button", { name: /Show as text/ }).click();
  await typeFilter(page, "action = REJECT and dstport in (22, 3389)");
  await expect.poll(() => parameter(page, "q")).toBe("action = REJECT and dstport in (22, 3389)");
  await page.getByRole("button", { name: /Show as pills/ }).click();
  await expect(pills(page)).toHaveCount(2);
  await page.getByRole("button", { name: /Show as text/ }).click();
  await expect(page.getByRole("combobox", { name: "Filter" })).toHaveValue(
    "action = REJECT and dstport in (22, 3389)",
  );
});

test("a pill is edited in place", async ({ page }) => {
  await openExplore(page, "?q=dstport+%3D+22+and+action+%3D+REJECT");
  await pills(page).first().click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await typeFilter(page, "dstport = 3389");
  await expect.poll(() => parameter(page, "q")).toBe("dstport = 3389 and action = REJECT");
});

test("the same filter gives the same records to the API", async ({ page, request }) => {
  const q = "action = REJECT and dstport = 22";
  await page.goto(`/flows?q=${encodeURIComponent(q)}&from=-30d`);
  const count = page.getByText(/^[\d,]+ records$/);
  await expect(count).toBeVisible();
  const shown = Number((await count.innerText()).replace(/\D/g, ""));
  const answer = await request.get("/api/v1/explore", {
    params: { q, from: "-30d", metric: "flows", bucket: "none" },
  });
  const { total } = await answer.json();
  expect(shown).toBeGreaterThan(0);
  expect(total.value).toBe(shown);
});

test("fields and values are completed", async ({ page }) => {
  await openExplore(page);
  await page.keyboard.press("/");
  const editor = page.getByRole("combobox", { name: "Filter" });
  await expect(editor).toBeFocused();
  await editor.pressSequentially("acti");
  const list = page.getByRole("listbox", { name: "Completions" });
  await expect(list.getByRole("option").first()).toContainText("action");
  await editor.press("Enter");
  await expect(editor).toHaveValue(/^action ?/);
  await editor.fill("action = RE");
  await editor.press("Control+Space");
  await expect(list.getByRole("option", { name: /REJECT/ }).first()).toBeVisible();
});

test("a fault stands under its word, with what would be right", async ({ page }) => {
  await openExplore(page);
  await typeFilter(page, "action = REJEKT");
  const fault = page.getByRole("alert");
  await expect(fault).toBeVisible();
  await fault.getByRole("button", { name: "REJECT" }).click();
  const editor = page.getByRole("combobox", { name: "Filter" });
  await expect(editor).toHaveValue("action = REJECT");
  await editor.press("Control+Enter");
  await expect(pills(page)).toHaveText(["action = REJECT"]);
});

test("client and server swap with one key", async ({ page }) => {
  await openExplore(page, "?q=srcaddr+in+10.0.0.0/8&by=srcaddr&server_by=dstport");
  await page.keyboard.press("s");
  await expect.poll(() => parameter(page, "by")).toBe("srcport");
  expect(parameter(page, "server_by")).toBe("dstaddr");
  expect(parameter(page, "q")).toContain("dstaddr");
  await page.keyboard.press("s");
  await expect.poll(() => parameter(page, "q")).toBe("srcaddr in 10.0.0.0/8");
  expect(parameter(page, "by")).toBe("srcaddr");
});

test("quick clicks on pills all count", async ({ page }) => {
  await openExplore(page, "?q=action+%3D+REJECT+and+dstport+%3D+22+and+log_status+%3D+OK");
  await expect(pills(page)).toHaveCount(3);
  // The server takes its time to read what the first click made.
  await page.route("**/api/v1/filter?*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await page.getByRole("button", { name: "Remove action = REJECT" }).click();
  await page.getByRole("button", { name: /^Remove dstport = 22/ }).click();
  await expect.poll(() => parameter(page, "q")).toBe("log_status = OK");
  await page.waitForTimeout(2000);
  expect(parameter(page, "q")).toBe("log_status = OK");
  await expect(pills(page)).toHaveText(["log_status = OK"]);
});
