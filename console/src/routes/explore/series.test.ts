import { expect, test } from "vitest";

import type { ExploreAnswer } from "../../api/types";
import { bucketsOf, isAligned, N_SERIES_MAX, resultText, seriesOf, topRows } from "./series";

const row = (key: string, value: number) => ({
  key: [key],
  value,
  share: value / 100,
  series: [value, 0],
  previous: null,
  previous_series: null,
});

/** An answer with so many rows of ten, and an Other of five. */
function answer(n_rows: number): ExploreAnswer {
  return {
    q: "",
    window: { from: "2026-03-02T10:05:00Z", until: "2026-03-02T12:00:00Z" },
    bucket_s: 3600,
    buckets_from: null,
    n_buckets: 2,
    compared: null,
    by: ["action"],
    metric: "flows",
    rows: Array.from({ length: n_rows }, (_, index) =>
      row(index === 0 ? "REJECT" : `${index}`, 10),
    ),
    other: {
      n_groups: 3,
      value: 5,
      share: 0.05,
      series: [0, 5],
      previous: null,
      previous_series: null,
    },
    total: {
      n_groups: 9,
      value: 100,
      share: 1,
      series: null,
      previous: null,
      previous_series: null,
    },
    sql: "",
    command: "",
    cost: {
      elapsed_ms: 1,
      source: "rows",
      n_files: 0,
      n_files_total: 0,
      n_rows: 0,
      n_bytes: 0,
      version: 1,
      warnings: [],
    },
  };
}

test("past the seventh, series are drawn as Other, and nothing is lost", () => {
  const series = seriesOf(answer(9));
  expect(series).toHaveLength(N_SERIES_MAX + 1);
  expect(series.at(-1)).toMatchObject({ id: "other", values: [20, 5] });
  const sum = series.flatMap((it) => it.values).reduce((all, it) => all + it, 0);
  expect(sum).toBe(95);
});

test("actions keep their colours", () => {
  expect(topRows(answer(2)).map((it) => it.colour)).toEqual(["var(--reject)", "var(--series-2)"]);
});

test("only what is of the same times is drawn over a chart", () => {
  const hours = answer(1);
  expect(isAligned(hours, answer(2))).toBe(true);
  expect(isAligned(hours, { ...hours, n_buckets: 3 })).toBe(false);
  expect(isAligned(hours, { ...hours, buckets_from: "2026-03-01T10:00:00Z" })).toBe(false);
  expect(isAligned(hours, { ...hours, bucket_s: 1800 })).toBe(false);
});

test("the chart states its result", () => {
  expect(resultText(answer(2), "100 records")).toBe("100 records: REJECT leads with 10 %");
  expect(resultText({ ...answer(0), rows: [] }, "0")).toBe("Nothing in this window");
});

test("buckets begin at the clock, also before the window", () => {
  expect(bucketsOf(answer(1)).origin).toEqual(new Date("2026-03-02T10:00:00Z"));
});
