// How long the console keeps a person waiting, on a server that runs already:
//   node scripts/paint.mjs http://127.0.0.1:8765
//
// For each interaction, in milliseconds: from the input to the next paint (Event Timing of the
// browser, in steps of 8), and the longest frame until all answers are drawn. Median and worst of some
// runs. What the server takes is in neither. Fails if a median is above the limit.

import { chromium } from "@playwright/test";

const [base = "http://127.0.0.1:8765", only = ""] = process.argv.slice(2);
/** What a person still takes for "at once". */
const LIMIT_MS = 150;
const TIMES = 5;
/** After the last answer, so that what follows is not taken for the interaction's. */
const REST_MS = 400;
/** Until the answers to an interaction are drawn. */
const DRAWN_MS = 1200;

const region = (page, name) => page.getByRole("region", { name });
const tab = (name) => (page) => page.getByRole("tab", { name }).click();
const press = (key) => (page) => page.keyboard.press(key);

const INTERACTIONS = [
  [
    "facet value",
    "/explore",
    (page) => region(page, "Protocols").getByRole("button").nth(1).click(),
  ],
  ["metric", "/explore", press("m")],
  ["brush the time line", "/explore", brush],
  ["hover the time line", "/explore", hover],
  ["sankey", "/explore", tab("Sankey")],
  ["matrix", "/explore", tab("Matrix")],
  ["map", "/explore", tab("Map")],
  ["type a filter", "/explore", type],
  [
    "open a record",
    "/flows",
    (page) =>
      page
        .getByRole("row")
        .nth(4)
        .click({ position: { x: 60, y: 10 } }),
  ],
  ["next row", "/flows", press("j")],
  [
    "other order of rows",
    "/flows",
    (page) => page.getByRole("button", { name: "Newest first" }).click(),
  ],
  ["scroll records", "/flows", scroll],
  ["scroll 115 columns", "/sql?sql=select+*+from+flows+limit+1000", scroll],
  ["theme", "/explore", press("d")],
  ["palette", "/explore", press("Control+k")],
  ["switch page", "/explore", (page) => page.getByRole("link", { name: "Flows" }).click()],
];

async function brush(page) {
  const { x, y, width, height } = await page.getByRole("slider").boundingBox();
  await page.mouse.move(x + width * 0.3, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.5, y + height / 2, { steps: 10 });
  await page.mouse.up();
}

async function hover(page) {
  const { x, y, width, height } = await page.getByRole("slider").boundingBox();
  await page.mouse.move(x + width * 0.1, y + height / 2);
  await page.mouse.move(x + width * 0.9, y + height / 2, { steps: 30 });
}

async function scroll(page) {
  await page.mouse.move(700, 600);
  for (let step = 0; step < 10; step += 1) await page.mouse.wheel(0, 900);
}

async function type(page) {
  await page.getByRole("combobox", { name: "Filter" }).click();
  await page.keyboard.type("dstport = 44", { delay: 30 });
}

/** Keeps the longest of the browser's entries, from now on. */
function observe() {
  globalThis.longest = { event: 0, frame: 0 };
  const keep = (name) => (list) => {
    for (const { duration } of list.getEntries()) {
      globalThis.longest[name] = Math.max(globalThis.longest[name], duration);
    }
  };
  new PerformanceObserver(keep("event")).observe({ type: "event", durationThreshold: 16 });
  new PerformanceObserver(keep("frame")).observe({ type: "long-animation-frame" });
}

async function once(browser, path, act) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(base + path);
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(REST_MS);
  await page.evaluate(observe);
  await act(page);
  await page.waitForTimeout(DRAWN_MS);
  const longest = await page.evaluate(() => globalThis.longest);
  await page.close();
  return longest;
}

function middleAndWorst(values) {
  const sorted = values.toSorted((one, other) => one - other).map(Math.round);
  return [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
}

const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const cell = (text) => String(text).padStart(8);
console.log(`${"".padEnd(22)}${["paint", "worst", "frame", "worst"].map(cell).join("")}`);
for (const [name, path, act] of INTERACTIONS) {
  if (!name.includes(only)) continue;
  const runs = [];
  for (let time = 0; time < TIMES; time += 1) runs.push(await once(browser, path, act));
  const paint = middleAndWorst(runs.map((it) => it.event));
  const frame = middleAndWorst(runs.map((it) => it.frame));
  if (paint[0] > LIMIT_MS) process.exitCode = 1;
  console.log(`${name.padEnd(22)}${[...paint, ...frame].map(cell).join("")}`);
}
await browser.close();
