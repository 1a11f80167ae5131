import { expect, test } from "vitest";
import { gridOf, SIDE_MAX, stepOf } from "./matrixLayout";
import type { Pair } from "./matrixLayout";

function sum(amounts: readonly (readonly number[])[]): number {
  return amounts.flat().reduce((it, amount) => it + amount, 0);
}

test("pairs land in their cells, heads are sorted by amount", () => {
  const pairs: Pair[] = [
    { key: ["a", "x"], value: 1 },
    { key: ["b", "x"], value: 5 },
    { key: ["b", "y"], value: 2 },
  ];
  const grid = gridOf(pairs, 0);
  expect(grid.rows.map((head) => head.value)).toEqual(["b", "a"]);
  expect(grid.columns.map((head) => head.value)).toEqual(["x", "y"]);
  expect(grid.amounts).toEqual([
    [5, 2],
    [1, 0],
  ]);
  expect(grid.most).toBe(5);
});

test("a large matrix is capped, and Other keeps the sum exact", () => {
  const pairs = Array.from({ length: 3000 }, (_, i) => ({
    key: [`c${i % 60}`, `s${i % 50}`],
    value: 1 + (i % 7),
  }));
  const total = pairs.reduce((it, pair) => it + pair.value, 99);
  const grid = gridOf(pairs, 99);
  expect(grid.rows).toHaveLength(SIDE_MAX);
  expect(grid.columns).toHaveLength(SIDE_MAX);
  expect(grid.rows.at(-1)).toMatchObject({ isOther: true, nValues: 60 - SIDE_MAX + 1 });
  expect(grid.total).toBe(total);
  expect(sum(grid.amounts)).toBe(total);
});

test("the rest alone is one cell, Other by Other", () => {
  const grid = gridOf([], 7);
  expect(grid.amounts).toEqual([[7]]);
  expect(grid.rows[0]?.isOther).toBe(true);
});

test("what cannot be seen otherwise still gets a colour", () => {
  expect([0, 1, 250, 1000, 4000].map((amount) => stepOf(amount, 1000))).toEqual([0, 1, 3, 5, 5]);
});
