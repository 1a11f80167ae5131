// What a tail brought, by the versions of the lake that brought it.

import type { Cell, TailEvent } from "../../api/types";

/** Older records of the tail give way: the lake has them all. */
const N_KEPT_MAX = 2000;

/** What records are asked for with. */
export interface TailAsk {
  q: string;
  /** Names with commas between. */
  columns: string;
}

export interface Arrived {
  /** Newest first, each with the newest version that is in it. */
  events: readonly { version: number; rows: Cell[][]; n_more: number }[];
  /** Records that ever came. */
  n_arrived: number;
  /** The version up to which everything was told. */
  told: number;
  /** The version up to which some records were not told, since nobody listened; 0 if none. */
  missed: number;
  /** Why the server could not tell them; null if it is only that nobody listened. */
  why: string | null;
}

export const NONE: Arrived = { events: [], n_arrived: 0, told: 0, missed: 0, why: null };

/** What has arrived with one event more. Each connection begins with one that has no records. */
export function arrivedWith(before: Arrived, news: TailEvent, version: number): Arrived {
  const told = Math.max(before.told, version);
  if (news.rows.length === 0 && news.n_more === 0) {
    const hasGap = version > before.told;
    return { ...before, told, ...(hasGap && { missed: version, why: null }) };
  }
  const events = [{ version, rows: news.rows, n_more: news.n_more }, ...before.events];
  return {
    ...before,
    events: cut(events),
    n_arrived: before.n_arrived + news.rows.length,
    told,
  };
}

/** What has arrived when records up to a version could not be told. */
export function arrivedWithout(before: Arrived, version: number, why: string): Arrived {
  return { ...before, told: Math.max(before.told, version), missed: version, why };
}

/** Records that came after a version, newest first, and how many of them are not among the rows. */
export function arrivedSince({ events }: Arrived, version: number) {
  const since = events.filter((it) => it.version > version);
  return {
    rows: since.flatMap((it) => it.rows),
    n_left_out: since.reduce((sum, it) => sum + it.n_more, 0),
  };
}

/** Leaves out the oldest rows where there are too many, and counts them. */
function cut(events: Arrived["events"]): Arrived["events"] {
  let n_left = N_KEPT_MAX;
  return events.map((it) => {
    const rows = it.rows.slice(0, n_left);
    n_left -= rows.length;
    const n_cut = it.rows.length - rows.length;
    return n_cut === 0 ? it : { ...it, rows, n_more: it.n_more + n_cut };
  });
}
