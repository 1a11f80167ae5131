import { expect, test } from "vitest";

import { cellWord, columnWidths, shownWord } from "./cellWord";

test("every kind of cell is one line", () => {
  expect(cellWord(null)).toBe("NULL");
  expect(cellWord("")).toBe("");
  expect(cellWord(0)).toBe("0");
  expect(cellWord(false)).toBe("false");
  expect(cellWord(["sg-1", "sg-2"])).toBe("sg-1, sg-2");
  expect(cellWord({ team: "web", tier: "1" })).toBe("team=web, tier=1");
});

test("large numbers stand in groups, ports do not", () => {
  expect(shownWord(1_234_567)).toBe("1,234,567");
  expect(shownWord(65_535)).toBe("65535");
  expect(shownWord("111122223333")).toBe("111122223333");
});

test("columns are as wide as what is in them, within reason", () => {
  const [short = 0, address = 0, long = 0] = columnWidths(
    ["n", "srcaddr", "text"],
    [
      [1, "10.0.100.200", "x".repeat(500)],
      [2, "10.0.0.1", null],
    ],
  );
  expect(short).toBe(64);
  expect(address).toBeGreaterThan(100);
  expect(long).toBe(420);
});
