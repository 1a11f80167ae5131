import { expect, test } from "vitest";

import type { TailEvent } from "../../api/types";
import { type Arrived, arrivedSince, arrivedWith, arrivedWithout, NONE } from "./arrived";

/** An event with so many rows, each of one cell: the number it is. */
function news(rows: readonly number[], n_more = 0): TailEvent {
  return { columns: [], rows: rows.map((it) => [it]), n_more, newest: null };
}

/** What arrived with events of versions, in this order. */
function after(...events: readonly (readonly [number, TailEvent])[]): Arrived {
  return events.reduce((before, [version, event]) => arrivedWith(before, event, version), NONE);
}

function check(arrived: Arrived, read: number) {
  const { rows, n_left_out } = arrivedSince(arrived, read);
  return { rows: rows.flat(), n_left_out };
}

test("what the page has by now is not listed again, and what it has not is", () => {
  const arrived = after([4, news([])], [5, news([2, 1])], [6, news([3], 7)]);
  expect(check(arrived, 4)).toEqual({ rows: [3, 2, 1], n_left_out: 7 });
  expect(check(arrived, 5)).toEqual({ rows: [3], n_left_out: 7 });
  expect(check(arrived, 6)).toEqual({ rows: [], n_left_out: 0 });
  expect(arrived.n_arrived).toBe(3);
});

test("a stream that begins later than the last ended has missed something", () => {
  expect(after([4, news([])]).missed).toBe(4);
  expect(after([4, news([])], [5, news([1])], [5, news([])]).missed).toBe(4);
  expect(after([4, news([])], [5, news([1])], [9, news([])]).missed).toBe(9);
});

test("what the server could not tell is missed, and it says why", () => {
  const without = arrivedWithout(after([4, news([])]), 6, "too busy");
  expect(without).toMatchObject({ missed: 6, told: 6, why: "too busy" });
  expect(arrivedWith(without, news([1]), 7)).toMatchObject({ missed: 6, why: "too busy" });
  expect(arrivedWith(without, news([]), 6)).toMatchObject({ missed: 6, why: "too busy" });
  expect(arrivedWith(without, news([]), 8)).toMatchObject({ missed: 8, why: null });
});

test("the oldest of too many give way, and are counted", () => {
  const many = Array.from({ length: 1500 }, (_, index) => index);
  const arrived = after([1, news([])], [2, news(many)], [3, news(many)]);
  const { rows, n_left_out } = check(arrived, 1);
  expect(rows).toEqual([...many, ...many.slice(0, 500)]);
  expect(n_left_out).toBe(1000);
});
