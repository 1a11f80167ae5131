// The geometry of a chart over time: scales, stacks, paths. Pure; TimeSeries draws it.

import { nice, ticks } from "d3-array";

import { dayText, type Instants, type Zone } from "../lib/time";

export interface SeriesLine {
  id: string;
  name: string;
  colour: string;
  /** One number per bucket. */
  values: readonly number[];
}

export interface TimeLayout {
  /** Pixels from the left edge of the plot to the left edge of a bucket. */
  x: (index: number) => number;
  bucketWidth: number;
  y: (value: number) => number;
  xTicks: { x: number; text: string; isDay: boolean }[];
  yTicks: { y: number; value: number }[];
  /** Areas or lines, first series at the bottom. */
  paths: { id: string; colour: string; path: string }[];
  comparedPath: string | null;
}

export interface LayoutAsk {
  buckets: Buckets;
  series: readonly SeriesLine[];
  form: "stacked" | "lines";
  compared: readonly number[] | null;
  width: number;
  height: number;
  zone: Zone;
  /** What the axis counts in: amounts are multiplied by it, for example to become rates. */
  unit: number;
}

/** Fewer pixels between two labels would let them touch. */
const TICK_GAP_PX = 70;
const N_Y_TICKS = 4;
/** Bars wider than this are set apart by a pixel. */
const GAP_FROM_PX = 4;

/** Places everything in a plot of `width` by `height` pixels. */
export function layOut(ask: LayoutAsk): TimeLayout {
  const { width, height, series, form, compared } = ask;
  const { n_buckets } = ask.buckets;
  const bucketWidth = n_buckets > 0 ? width / n_buckets : width;
  const x = (index: number) => index * bucketWidth;
  const top = Math.max(highest(series, form), ...(compared ?? []), 0);
  const [, most] = nice(0, top === 0 ? 1 : top * ask.unit, N_Y_TICKS);
  const place = (amount: number) => height - (amount / most) * height;
  const y = (value: number) => place(value * ask.unit);
  const bars: Bars = { x, y, bucketWidth };
  return {
    x,
    bucketWidth,
    y,
    xTicks: timeTicks(drawnWindow(ask.buckets), width, ask.zone),
    yTicks: ticks(0, most, N_Y_TICKS)
      // What is counted is whole.
      .filter((value) => ask.unit !== 1 || Number.isInteger(value))
      .map((value) => ({ value, y: place(value) })),
    paths: form === "stacked" ? stacked(series, bars) : lines(series, bars),
    comparedPath: compared && linePath(compared, bars),
  };
}

/** The bucket under a place, or the nearest one. */
export function bucketAt(px: number, bucketWidth: number, n_buckets: number): number {
  return Math.max(0, Math.min(n_buckets - 1, Math.floor(px / bucketWidth)));
}

/** The buckets of a chart: aligned to the clock, so the first may begin before the window. */
export interface Buckets {
  /** What was asked. */
  window: Instants;
  /** When the first bucket begins. */
  origin: Date;
  bucket_s: number;
  n_buckets: number;
}

/** All the time that the buckets cover: what is drawn. */
export function drawnWindow({ origin, bucket_s, n_buckets }: Buckets): Instants {
  return { from: origin, until: new Date(origin.getTime() + n_buckets * bucket_s * 1000) };
}

/** The series at a height of a bucket: the bar under it, or the nearest line; null above all bars. */
export function seriesAt(
  { series, form, y }: Pick<LayoutAsk, "series" | "form"> & Pick<TimeLayout, "y">,
  index: number,
  py: number,
): string | null {
  if (form === "lines") {
    const away = (it: SeriesLine) => Math.abs(y(it.values[index] ?? 0) - py);
    const [nearest] = series.toSorted((one, other) => away(one) - away(other));
    return nearest?.id ?? null;
  }
  let sum = 0;
  for (const it of series) {
    sum += it.values[index] ?? 0;
    if (y(sum) <= py) return it.id;
  }
  return null;
}

/** The window of one bucket or of several, cut to what was asked. */
export function bucketWindow(buckets: Buckets, first: number, last: number): Instants {
  const { window, origin, bucket_s } = buckets;
  const from = Math.max(origin.getTime() + first * bucket_s * 1000, window.from.getTime());
  const until = Math.min(origin.getTime() + (last + 1) * bucket_s * 1000, window.until.getTime());
  return { from: new Date(from), until: new Date(until) };
}

/** The pixel of a moment. */
export function placeOf(at: Date, buckets: Buckets, width: number): number {
  const { from, until } = drawnWindow(buckets);
  const share = (at.getTime() - from.getTime()) / (until.getTime() - from.getTime());
  return Math.max(0, Math.min(1, share)) * width;
}

interface Bars {
  x: (index: number) => number;
  y: (value: number) => number;
  bucketWidth: number;
}

function highest(series: readonly SeriesLine[], form: "stacked" | "lines"): number {
  if (form === "lines") return Math.max(0, ...series.map((it) => Math.max(0, ...it.values)));
  const n = Math.max(0, ...series.map((it) => it.values.length));
  let top = 0;
  for (let index = 0; index < n; index += 1) {
    top = Math.max(
      top,
      series.reduce((sum, it) => sum + (it.values[index] ?? 0), 0),
    );
  }
  return top;
}

function stacked(series: readonly SeriesLine[], bars: Bars): TimeLayout["paths"] {
  const below: number[] = [];
  return series.map(({ id, colour, values }) => {
    const gap = bars.bucketWidth > GAP_FROM_PX ? 1 : 0;
    const path: string[] = [];
    values.forEach((value, index) => {
      const base = below[index] ?? 0;
      below[index] = base + value;
      if (value <= 0) return;
      const left = bars.x(index).toFixed(1);
      const right = (bars.x(index + 1) - gap).toFixed(1);
      const low = bars.y(base).toFixed(1);
      // What is there is seen: at least half a pixel.
      const high = Math.min(bars.y(base + value), bars.y(base) - 0.5).toFixed(1);
      path.push(`M${left} ${low}V${high}H${right}V${low}Z`);
    });
    return { id, colour, path: path.join("") };
  });
}

function lines(series: readonly SeriesLine[], bars: Bars): TimeLayout["paths"] {
  return series.map(({ id, colour, values }) => ({ id, colour, path: linePath(values, bars) }));
}

function linePath(values: readonly number[], { x, y, bucketWidth }: Bars): string {
  return values
    .map((value, index) => {
      const at = `${(x(index) + bucketWidth / 2).toFixed(1)} ${y(value).toFixed(1)}`;
      return `${index === 0 ? "M" : "L"}${at}`;
    })
    .join("");
}

/** Steps of the axis of time, in seconds: those that people count in. */
const STEPS_S = [
  1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  2_592_000,
];

/** Marks of the axis of time, in the zone; midnight says the day. */
export function timeTicks(window: Instants, width: number, zone: Zone): TimeLayout["xTicks"] {
  const from = window.from.getTime() / 1000;
  const until = window.until.getTime() / 1000;
  const n_most = Math.max(2, Math.floor(width / TICK_GAP_PX));
  const step = STEPS_S.find((it) => (until - from) / it <= n_most) ?? 31_536_000;
  // Marks stand at round times of the zone, also where it is not whole hours from UTC.
  const shift = zone === "utc" ? 0 : -window.from.getTimezoneOffset() * 60;
  const marks: TimeLayout["xTicks"] = [];
  const first = Math.ceil((from + shift) / step) * step - shift;
  for (let at = first; at <= until; at += step) {
    const shown = new Date((at + shift) * 1000);
    const x = ((at - from) / (until - from)) * width;
    const isDay = shown.getUTCHours() === 0 && shown.getUTCMinutes() === 0;
    marks.push({ x, isDay, text: isDay ? dayText(shown, "utc") : tickText(shown, step) });
  }
  return marks;
}

function tickText(shown: Date, step_s: number): string {
  return shown.toISOString().slice(11, step_s < 60 ? 19 : 16);
}
