import { expect, test } from "vitest";
import { nearestMark } from "./roving";

/** Two columns of three marks, the right one half a step lower. */
const spots = [
  { x: 0, y: 0 },
  { x: 0, y: 10 },
  { x: 0, y: 20 },
  { x: 100, y: 5 },
  { x: 100, y: 15 },
  { x: 100, y: 25 },
];

test.each([
  ["down stays in the column", 0, "down", 1],
  ["up at the top stays", 0, "up", 0],
  ["right goes to the next column, near its height", 1, "right", 3],
  ["left comes back", 5, "left", 2],
  ["right at the edge stays", 4, "right", 4],
] satisfies [string, number, "left" | "right" | "up" | "down", number][])(
  "%s",
  (_name, from, way, wanted) => {
    expect(nearestMark(spots, from, way)).toBe(wanted);
  },
);

test("a mark that is gone falls back to the first", () => {
  expect(nearestMark([], 7, "down")).toBe(0);
});
