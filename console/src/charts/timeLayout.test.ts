import { expect, test } from "vitest";

import { bucketAt, bucketWindow, layOut, seriesAt, timeTicks } from "./timeLayout";

const WINDOW = { from: new Date("2026-03-02T10:05:00Z"), until: new Date("2026-03-02T12:00:00Z") };
const BUCKETS = {
  window: WINDOW,
  origin: new Date("2026-03-02T10:00:00Z"),
  bucket_s: 3600,
  n_buckets: 2,
};
const SERIES = [
  { id: "a", name: "a", colour: "red", values: [1, 2] },
  { id: "b", name: "b", colour: "blue", values: [3, 0] },
];

/** Lays two buckets out in 100 by 100 pixels. */
function check(form: "stacked" | "lines") {
  return layOut({
    buckets: BUCKETS,
    series: SERIES,
    form,
    compared: null,
    width: 100,
    height: 100,
    zone: "utc",
    unit: 1,
  });
}

test("stacked series stand on one another", () => {
  const { paths, y } = check("stacked");
  expect(y(4)).toBe(0);
  expect(paths[0]?.path).toBe("M0.0 100.0V75.0H49.0V100.0ZM50.0 100.0V50.0H99.0V100.0Z");
  // Nothing is drawn where there is nothing.
  expect(paths[1]?.path).toBe("M0.0 75.0V0.0H49.0V75.0Z");
});

test("lines go through the middle of their buckets", () => {
  expect(check("lines").paths[1]?.path).toBe("M25.0 0.0L75.0 100.0");
});

test("a place in a bucket is of one series", () => {
  const at = (form: "stacked" | "lines", py: number) =>
    seriesAt({ series: SERIES, form, y: check(form).y }, 0, py);
  expect([95, 70, 10].map((py) => at("stacked", py))).toEqual(["a", "b", "b"]);
  expect(seriesAt({ series: SERIES, form: "stacked", y: check("stacked").y }, 1, 5)).toBeNull();
  expect([90, 5].map((py) => at("lines", py))).toEqual(["a", "b"]);
});

test("a bucket knows its window, cut to the window of the chart", () => {
  expect(bucketWindow(BUCKETS, 0, 0)).toEqual({
    from: new Date("2026-03-02T10:05:00Z"),
    until: new Date("2026-03-02T11:00:00Z"),
  });
  expect(bucketWindow(BUCKETS, 1, 1).until).toEqual(WINDOW.until);
  expect([-5, 0, 49, 51, 400].map((it) => bucketAt(it, 50, 2))).toEqual([0, 0, 0, 1, 1]);
});

test("the axis says the clock, and at midnight the day", () => {
  const day = { from: new Date("2026-03-01T12:00:00Z"), until: new Date("2026-03-02T12:00:00Z") };
  expect(timeTicks(day, 400, "utc").map((it) => it.text)).toEqual([
    "12:00",
    "18:00",
    "2 Mar",
    "06:00",
    "12:00",
  ]);
  const minute = { from: day.from, until: new Date("2026-03-01T12:01:00Z") };
  expect(timeTicks(minute, 400, "utc").map((it) => it.text)).toContain("12:00:15");
});
