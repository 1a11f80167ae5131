import { expect, test } from "vitest";

import { paletteItems } from "./palette";

const names = new Map([
  ["sg-0a1", "bastion"],
  ["eni-0b2", "prod bastion-1"],
]);
const views = [{ name: "Denied SSH", url: "/explore?q=dstport+%3D+22" }];

function titles(typed: string, isActive = true): string[] {
  return paletteItems(typed, { isActive: () => isActive, views, names }).map((item) => item.title);
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
  const [first] = paletteItems("10.0.1.7", { isActive: () => false, views: [], names });
  expect(first).toMatchObject({ title: "Address 10.0.1.7", path: "/entity/address/10.0.1.7" });
});

test("what has a name is found by it, and by its kind", () => {
  expect(titles("bast")).toEqual(["bastion", "prod bastion-1"]);
  expect(titles("interface bast")).toEqual(["prod bastion-1"]);
  expect(titles("b", false)).toEqual([]);
});
