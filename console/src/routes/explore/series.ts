// From an answer to what the chart and its table share: rows with ids and colours, series, flags.

import type { ExploreAnswer, ExploreRow } from "../../api/types";
import { colourOf, OTHER_COLOUR } from "../../charts/colours";
import type { Buckets, SeriesLine } from "../../charts/timeLayout";
import { wordOf } from "../../lib/text";
import { percent } from "../../lib/units";
import type { TopRow } from "../../table/TopTable";

/** More series than this cannot be told apart; the rest is drawn as Other. */
export const N_SERIES_MAX = 7;
export const OTHER = "other";

/** The rows of an answer with an id and the colour they have in the chart. */
export function topRows(answer: ExploreAnswer): TopRow[] {
  return answer.rows.map((it, index) => ({
    ...it,
    id: JSON.stringify(it.key),
    colour: colourOf(answer.by.length === 1 ? answer.by[0] : undefined, it.key[0], index),
  }));
}

/** Says a value of a field. */
export type WordFor = (field: string, value: string | number | null) => string;

/** The name of a group: its values in words. */
export function rowName(by: readonly string[], row: ExploreRow, word: WordFor = wordOf): string {
  if (by.length === 0) return "all";
  return by.map((field, index) => word(field, row.key[index] ?? null)).join(" → ");
}

export interface SeriesLook {
  form: "stacked" | "lines";
  word: WordFor;
}

const PLAIN: SeriesLook = { form: "stacked", word: wordOf };

/** The series of the chart, largest at the bottom, Other on top. */
export function seriesOf(answer: ExploreAnswer, { form, word } = PLAIN): SeriesLine[] {
  const rows = topRows(answer);
  const shown = rows.slice(0, N_SERIES_MAX).map((it) => ({
    id: it.id,
    name: rowName(answer.by, it, word),
    colour: it.colour,
    values: it.series ?? [],
  }));
  // Lines are compared one by one: the sum of all others would press them to the ground.
  if (form === "lines" && shown.length > 0) return shown;
  const rest = [...rows.slice(N_SERIES_MAX).map((it) => it.series), answer.other?.series ?? null];
  const left = rest.filter((it) => it !== null);
  if (left.length === 0) return shown;
  const values = Array.from({ length: answer.n_buckets }, (_, index) =>
    left.reduce((sum, it) => sum + (it[index] ?? 0), 0),
  );
  return [...shown, { id: OTHER, name: "Other", colour: OTHER_COLOUR, values }];
}

/** The buckets of an answer. */
export function bucketsOf(answer: ExploreAnswer): Buckets {
  const window = { from: new Date(answer.window.from), until: new Date(answer.window.until) };
  const bucket_s = answer.bucket_s ?? (window.until.getTime() - window.from.getTime()) / 1000;
  const origin =
    answer.buckets_from === null || answer.buckets_from === undefined
      ? new Date(Math.floor(window.from.getTime() / 1000 / bucket_s) * bucket_s * 1000)
      : new Date(answer.buckets_from);
  return { window, origin, bucket_s, n_buckets: answer.n_buckets };
}

/** Whether the buckets of two answers are the same times, so that one can be drawn over the other. */
export function isAligned(one: ExploreAnswer, other: ExploreAnswer): boolean {
  const [its, others] = [bucketsOf(one), bucketsOf(other)];
  return (
    its.origin.getTime() === others.origin.getTime() &&
    its.bucket_s === others.bucket_s &&
    its.n_buckets === others.n_buckets
  );
}

/** What the chart says, in a sentence. */
export function resultText(answer: ExploreAnswer, amount: string, word: WordFor = wordOf): string {
  if (answer.rows.length === 0 || answer.total.value === 0) return "Nothing in this window";
  // What has no value at all leads nothing.
  const first = answer.rows.find((it) => it.key.some((key) => key !== null));
  if (answer.by.length === 0 || !first) return amount;
  return `${amount}: ${rowName(answer.by, first, word)} leads with ${percent(first.share)}`;
}
