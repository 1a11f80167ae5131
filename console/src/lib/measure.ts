// How amounts of a metric are said, in tables and on axes.

import type { Metric } from "../api/types";
import type { Measure } from "../charts/measure";
import { METRIC_WORDS } from "./text";
import { bitsPerSecond, bytesShort, countShort, exact } from "./units";

/** The words of a metric: bytes in IEC units, everything else counted. */
export function measureOf(metric: Metric): Measure {
  const noun = METRIC_WORDS[metric];
  return {
    noun,
    short: metric === "bytes" ? bytesShort : countShort,
    exact: (amount) => `${exact(amount)} ${noun}`,
  };
}

/** The vertical axis: bytes become a rate, so that they do not depend on the bucket. */
export function axisOf(metric: Metric, bucket_s: number) {
  if (metric !== "bytes") return { unit: 1, text: countShort };
  return { unit: 8 / Math.max(1, bucket_s), text: bitsPerSecond };
}
