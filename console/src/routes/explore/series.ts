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

/** The name of a group: its values in words. */
export function rowName(by: readonly string[], row: ExploreRow): string {
  if (by.length === 0) return "all";
  return by.map((field, index) => wordOf(field, row.key[index] ?? null)).join(" → ");
}

/** The series of the chart, largest at the bottom, Other on top. */
export function seriesOf(answer: ExploreAnswer): SeriesLine[] {
  const rows = topRows(answer);
  const shown = rows.slice(0, N_SERIES_MAX).map((it) => ({
    id: it.id,
    name: rowName(answer.by, it),
    colour: it.colour,
    values: it.series ?? [],
  }));
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

/** What the chart says, in a sentence. */
export function resultText(answer: ExploreAnswer, amount: string): string {
  const [first] = answer.rows;
  if (!first || answer.total.value === 0) return "Nothing in this window";
  if (answer.by.length === 0) return amount;
  return `${amount}: ${rowName(answer.by, first)} leads with ${percent(first.share)}`;
}
