import { expect, test } from "vitest";

import { gridOf, SIDE_MAX, stepOf } from "./matrixLayout";
import type { Pair, Side } from "./matrixLayout";

/** The side of `pairs` as a server would list it: exact amounts of the `limit` largest values. */
function sideOf(pairs: readonly Pair[], at: number, limit: number): Side {
  const sums = new Map<string, number>();
  for (const pair of pairs) {
    const value = String(pair.key[at]);
    sums.set(value, (sums.get(value) ?? 0) + pair.value);
  }
  const values = [...sums].map(([value, amount]) => ({ value, amount }));
  const largest = values.toSorted((a, b) => b.amount - a.amount).slice(0, limit);
  return { values: largest, nValues: values.length };
}

function totalOf(pairs: readonly Pair[]): number {
  return pairs.reduce((sum, pair) => sum + pair.value, 0);
}

const MANY: Pair[] = Array.from({ length: 3000 }, (_, i) => ({
  key: [`c${i % 60}`, `s${i % 50}`],
  value: 1 + (i % 7),
}));

test("pairs land in their cells, heads are sorted by amount", () => {
  const pairs: Pair[] = [
    { key: ["a", "x"], value: 1 },
    { key: ["b", "x"], value: 5 },
    { key: ["b", "y"], value: 2 },
  ];
  const grid = gridOf({
    sides: [sideOf(pairs, 0, 9), sideOf(pairs, 1, 9)],
    pairs,
    total: totalOf(pairs),
  });
  expect(grid.rows.map((head) => head.value)).toEqual(["b", "a"]);
  expect(grid.columns.map((head) => head.value)).toEqual(["x", "y"]);
  expect(grid.amounts).toEqual([
    [5, 2],
    [1, 0],
  ]);
  expect(grid.most).toBe(5);
});

test("every row and column adds up to its exact amount, Other included", () => {
  const total = totalOf(MANY) + 99;
  const sides: [Side, Side] = [sideOf(MANY, 0, 23), sideOf(MANY, 1, 23)];
  const listed = sides.map((side) => new Set(side.values.map((it) => it.value)));
  const pairs = MANY.filter(({ key }) => listed.every((side, at) => side.has(key[at] ?? null)));
  const grid = gridOf({ sides, pairs, total });
  expect(grid.rows).toHaveLength(SIDE_MAX);
  expect(grid.columns).toHaveLength(SIDE_MAX);
  grid.rows.forEach((head, row) => {
    expect((grid.amounts[row] ?? []).reduce((sum, it) => sum + it, 0)).toBe(head.amount);
  });
  grid.columns.forEach((head, column) => {
    expect(grid.amounts.reduce((sum, line) => sum + (line[column] ?? 0), 0)).toBe(head.amount);
  });
  expect(grid.rows.at(-1)).toMatchObject({ isOther: true, nValues: 60 - 23 });
  expect(grid.amounts.flat().reduce((sum, it) => sum + it, 0)).toBe(total);
});

test("more values than fit are cut here, too", () => {
  const pairs = MANY.slice(0, 300);
  const grid = gridOf({
    sides: [sideOf(pairs, 0, 99), sideOf(pairs, 1, 99)],
    pairs,
    total: totalOf(pairs),
    sideMax: 5,
  });
  expect(grid.rows).toHaveLength(5);
  expect(grid.amounts.flat().reduce((sum, it) => sum + it, 0)).toBe(totalOf(pairs));
});

test("a total without any value is one cell, Other by Other", () => {
  const empty = { values: [], nValues: 0 };
  expect(gridOf({ sides: [empty, empty], pairs: [], total: 7 }).amounts).toEqual([[7]]);
});

test("what cannot be seen otherwise still gets a colour", () => {
  expect([0, 1, 250, 1000, 4000].map((amount) => stepOf(amount, 1000))).toEqual([0, 1, 3, 5, 5]);
});
