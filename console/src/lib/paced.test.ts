import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { paced } from "./paced";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The seconds at which it acts, called at `calls` with ten seconds between. */
function check(calls: readonly number[]): number[] {
  const acted: number[] = [];
  let second = 0;
  const { call, stop } = paced(() => acted.push(second), 10_000);
  for (; second < 60; second += 1) {
    if (calls.includes(second)) call();
    vi.advanceTimersByTime(1000);
  }
  stop();
  return acted;
}

test("the first call acts at once, those after it together and later", () => {
  expect(check([3])).toEqual([3]);
  expect(check([0, 4, 7])).toEqual([0, 9]);
  expect(check([0, 15])).toEqual([0, 15]);
  expect(check([0, 5, 12, 18])).toEqual([0, 9, 19]);
});

test("who stopped does not act any more", () => {
  const act = vi.fn();
  const { call, stop } = paced(act, 10_000);
  call();
  call();
  stop();
  vi.advanceTimersByTime(60_000);
  expect(act).toHaveBeenCalledOnce();
});
