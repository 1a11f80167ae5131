import { expect, test } from "vitest";

import { paletteItems } from "./palette";

const views = [{ name: "Denied SSH", url: "/explore?q=dstport+%3D+22" }];

function titles(typed: string, isActive = true): string[] {
  return paletteItems(typed, () => isActive, views).map((item) => item.title);
}

test("every word typed begins a word of the title", () => {
  expect(titles("swap")).toEqual(["Swap client and server"]);
  expect(titles("go fl")).toEqual(["Flows"]);
  expect(titles("denied ssh")).toEqual(["Denied SSH"]);
  expect(titles("nothing of the kind")).toEqual([]);
});

test("what does nothing here is not listed", () => {
  expect(titles("", false)).toEqual(["Denied SSH"]);
});

test("an address leads to its page", () => {
  const [first] = paletteItems("10.0.1.7", () => false, []);
  expect(first).toMatchObject({ title: "Address 10.0.1.7", path: "/entity/address/10.0.1.7" });
});
