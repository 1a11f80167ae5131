// The question that a page shows, as it stands in the URL. This is the only reader and writer.
//
// Every parameter is plain text, so that a URL can be read and typed:
// `?q=action%3DREJECT&from=-1h&by=dstport`. What has its usual value is not in the URL. Every form
// that was ever released keeps being read: search.test.ts has one of each.

import type { Metric } from "../api/types";
import type { Zone } from "../lib/time";

/** Parameters as the router hands them over: texts, and lists of texts where one is repeated. */
export type Search = Record<string, string | string[]>;

/** All that a colleague must know to see the same. */
export interface Question {
  /** The filter, without what is pinned or switched off. */
  q: string;
  from: string;
  until: string;
  /** Fields of the client's side. */
  by: string[];
  /** Fields of the server's side. */
  server_by: string[];
  metric: Metric;
  /** `none`, `previous`, `week` or `<from>..<until>`. */
  compare: string;
  chart: ChartForm;
  /** How the answer is drawn beside the chart. */
  view: View;
  limit: number;
  /** Columns of the records; none means the usual ones. */
  cols: string[];
  order: "newest" | "oldest";
  /** Terms that are switched off. */
  off: string[];
  /** Terms that stay while the rest of the filter changes. */
  pin: string[];
  /** `<from>..<until>`: the part of the window that was marked on the chart. */
  inside: string | null;
  tz: Zone;
}

export type ChartForm = "stacked" | "lines";
export type View = "table" | "sankey" | "matrix" | "map";

export const METRICS = ["flows", "bytes", "packets", "connections"] as const satisfies Metric[];
const CHARTS = ["stacked", "lines"] as const satisfies ChartForm[];
const VIEWS = ["table", "sankey", "matrix", "map"] as const satisfies View[];
const ORDERS = ["newest", "oldest"] as const;
const ZONES = ["utc", "local"] as const satisfies Zone[];

/** What a URL without parameters asks. */
export const USUAL: Question = {
  q: "",
  from: "-24h",
  until: "now",
  by: [],
  server_by: ["server_port"],
  metric: "flows",
  compare: "none",
  chart: "stacked",
  view: "table",
  limit: 10,
  cols: [],
  order: "newest",
  off: [],
  pin: [],
  inside: null,
  tz: "utc",
};

/** A list can be asked for by name only up to so many: the server takes no more. */
const LIMIT_MAX = 100;

/** Reads the question from parameters; what is missing or wrong is as usual. */
export function readQuestion(search: Readonly<Record<string, unknown>>): Question {
  const by = grouping(search["by"]);
  const serverBy = grouping(search["server_by"]);
  const isGrouped = by !== null || serverBy !== null;
  return {
    q: text(search["q"]) ?? "",
    from: text(search["from"]) ?? USUAL.from,
    until: text(search["until"]) ?? USUAL.until,
    by: by ?? [],
    server_by: serverBy ?? (isGrouped ? [] : USUAL.server_by),
    metric: oneOf(METRICS, search["metric"]) ?? USUAL.metric,
    compare: text(search["compare"]) ?? USUAL.compare,
    chart: oneOf(CHARTS, search["chart"]) ?? USUAL.chart,
    view: oneOf(VIEWS, search["view"]) ?? USUAL.view,
    limit: limitOf(search["limit"]),
    cols: names(search["cols"]),
    order: oneOf(ORDERS, search["order"]) ?? USUAL.order,
    off: texts(search["off"]),
    pin: texts(search["pin"]),
    inside: text(search["inside"]) ?? null,
    tz: oneOf(ZONES, search["tz"]) ?? USUAL.tz,
  };
}

/** The parameters of a question, the usual ones left out. */
export function writeQuestion(question: Question): Search {
  const search: Search = {};
  const put = (name: keyof Question, value: string | string[], usual: string | string[]) => {
    if (value.length > 0 && String(value) !== String(usual)) search[name] = value;
  };
  put("q", question.q, "");
  put("from", question.from, USUAL.from);
  put("until", question.until, USUAL.until);
  Object.assign(search, writeGrouping(question));
  put("metric", question.metric, USUAL.metric);
  put("compare", question.compare, USUAL.compare);
  put("chart", question.chart, USUAL.chart);
  put("view", question.view, USUAL.view);
  put("limit", String(question.limit), String(USUAL.limit));
  put("cols", question.cols.join(","), "");
  put("order", question.order, USUAL.order);
  put("off", question.off, []);
  put("pin", question.pin, []);
  put("inside", question.inside ?? "", "");
  put("tz", question.tz, USUAL.tz);
  return search;
}

/** Grouping by nothing is said in words, since saying nothing means the usual one. */
function writeGrouping({ by, server_by }: Question): Search {
  if (by.length === 0 && server_by.join() === USUAL.server_by.join()) return {};
  if (by.length === 0 && server_by.length === 0) return { by: "none" };
  return {
    ...(by.length > 0 ? { by: by.join(",") } : {}),
    ...(server_by.length > 0 ? { server_by: server_by.join(",") } : {}),
  };
}

/** Fields to group by, or null if nothing is said. */
function grouping(value: unknown): string[] | null {
  if (text(value) === undefined && !Array.isArray(value)) return null;
  return names(value).filter((it) => it !== "none");
}

function text(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" && first.trim() !== "" ? first : undefined;
}

function texts(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((it) => typeof it === "string" && it.trim() !== "").map(String);
}

function names(value: unknown): string[] {
  return texts(value).flatMap((it) =>
    it
      .split(",")
      .map((name) => name.trim())
      .filter((name) => /^\w+$/.test(name)),
  );
}

function oneOf<Value extends string>(values: readonly Value[], value: unknown): Value | undefined {
  return values.find((it) => it === value);
}

function limitOf(value: unknown): number {
  const limit = Number(text(value));
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, LIMIT_MAX) : USUAL.limit;
}

/** The parameters of a query string; one that is repeated is a list. */
export function parseSearch(query: string): Search {
  const search: Search = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = search[name];
    search[name] = before === undefined ? value : [before, value].flat();
  }
  return search;
}

/** The query string of parameters, with `,` `:` `/` and the like as they are. */
export function stringifySearch(search: Record<string, unknown>): string {
  const parts = Object.entries(search).flatMap(([name, value]) =>
    texts(value).map((it) => `${name}=${plain(it)}`),
  );
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

function plain(value: string): string {
  return encodeURIComponent(value)
    .replace(/%(2C|3A|2F|40|24|3B)/g, (code) => decodeURIComponent(code))
    .replaceAll("%20", "+");
}
