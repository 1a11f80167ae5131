import { expect, test } from "vitest";

import { all, isNotTerm, isTerm } from "./term";

test("a value stands bare if it can, else in quotes", () => {
  expect(isTerm("srcaddr", "10.0.0.1")).toBe("srcaddr = 10.0.0.1");
  expect(isTerm("dstport", 443)).toBe("dstport = 443");
  expect(isTerm("srcaddr", "2001:db8::1")).toBe("srcaddr = 2001:db8::1");
  expect(isTerm("src_as_name", 'A "B" \\ C')).toBe(String.raw`src_as_name = "A \"B\" \\ C"`);
  expect(isTerm("src_as_name", "or")).toBe('src_as_name = "or"');
  expect(isTerm("src_as_name", "")).toBe('src_as_name = ""');
});

test("the unknown is asked for by name", () => {
  expect(isTerm("vpc_id", null)).toBe("vpc_id is null");
  expect(isNotTerm("vpc_id", null)).toBe("vpc_id is not null");
  expect(isNotTerm("dstport", 22)).toBe("dstport != 22");
});

test("alternatives are put into parentheses before they are joined", () => {
  expect(all("", "a = 1", " ")).toBe("a = 1");
  expect(all("a = 1", "b = 2")).toBe("a = 1 and b = 2");
  expect(all("a = 1 or b = 2", "c = 3")).toBe("(a = 1 or b = 2) and c = 3");
  expect(all("(a = 1 or b = 2)", "c = 3")).toBe("(a = 1 or b = 2) and c = 3");
  expect(all("(a = 1) or (b = 2)", "c = 3")).toBe("((a = 1) or (b = 2)) and c = 3");
  expect(all("a = 1 or b = 2")).toBe("a = 1 or b = 2");
});
