// How amounts of a metric are said, in tables and on axes.

import type { Metric } from "../api/types";
import type { Measure } from "../charts/measure";
import { METRIC_WORDS } from "./text";
import { durationText } from "./time";
import { bitsPerSecond, bytesShort, countShort, exact } from "./units";

/** The words of a metric: bytes in IEC units, everything else counted. Always the same value. */
export function measureOf(metric: Metric): Measure {
  return MEASURES[metric];
}

const MEASURES: Readonly<Record<Metric, Measure>> = {
  flows: made("flows"),
  bytes: made("bytes"),
  packets: made("packets"),
  connections: made("connections"),
};

function made(metric: Metric): Measure {
  const noun = METRIC_WORDS[metric];
  return {
    noun,
    short: metric === "bytes" ? bytesShort : countShort,
    exact: (amount) => `${exact(amount)} ${noun}`,
  };
}

/** The vertical axis: bytes become a rate, so that they do not depend on the bucket. */
export function axisOf(metric: Metric, bucket_s: number) {
  if (metric === "bytes") {
    const text = (rate: number) => round(bitsPerSecond(rate));
    return { unit: 8 / Math.max(1, bucket_s), text, title: "" };
  }
  const title = `${METRIC_WORDS[metric]} per ${durationText(bucket_s * 1000)}`;
  return { unit: 1, text: (amount: number) => round(countShort(amount)), title };
}

/** Marks of an axis are round: `40.0 M` is `40 M`. */
function round(text: string): string {
  return text.replace(/(\.\d*?)0+(?= )/, "$1").replace(/\.(?= )/, "");
}
