// Records that arrived since the page was read. While the person reads further down they wait.
//
// Each came with a version of the lake, and so did the page: what the page has by now is left out here,
// so that no record is listed twice and none is lost, however often the page is read again.

import { useCallback, useEffect, useMemo, useState } from "react";

import { tail } from "../../api/tail";
import type { Cell } from "../../api/types";
import {
  type Arrived,
  arrivedSince,
  arrivedWith,
  arrivedWithout,
  NONE,
  type TailAsk,
} from "./arrived";

export interface Tail {
  /** Newest first. */
  shown: Cell[][];
  n_waiting: number;
  /** Records that came and are not among the rows: they were too many at once. */
  n_left_out: number;
  isConnected: boolean;
  /** Records came while nobody listened: only reading the page again finds them. */
  isBehind: boolean;
  /** Why, if the server said so. */
  why: string | null;
  /** Shows what waits. */
  release: () => void;
}

/**
 * Follows what is asked while `isOn`; records wait while `isPaused`. What came stays after the end.
 * `read` is the version of the lake that the page was read of, or null if there is none yet.
 */
export function useTail(
  ask: TailAsk,
  read: number | null,
  { isOn, isPaused }: { isOn: boolean; isPaused: boolean },
): Tail {
  const { q, columns } = ask;
  const key = JSON.stringify(ask);
  const [kept, setKept] = useState({ key, arrived: NONE });
  const [seen, setSeen] = useState({ key, n: 0 });
  const [isConnected, setIsConnected] = useState(true);
  useEffect(() => {
    if (!isOn) return;
    const add = (next: (before: Arrived) => Arrived) =>
      setKept((before) => ({ key, arrived: next(before.key === key ? before.arrived : NONE) }));
    return tail(q, columns.split(","), {
      onConnection: setIsConnected,
      onFlows: (event, version) => add((before) => arrivedWith(before, event, version)),
      onMissed: (version, { message }) => add((before) => arrivedWithout(before, version, message)),
    });
  }, [q, columns, key, isOn]);
  const arrived = kept.key === key ? kept.arrived : NONE;
  const { n_arrived } = arrived;
  const n_seen = seen.key === key ? seen.n : 0;
  if (!isPaused && n_seen !== n_arrived) setSeen({ key, n: n_arrived });
  const news = useMemo(() => arrivedSince(arrived, read ?? 0), [arrived, read]);
  const n_waiting = Math.min(news.rows.length, Math.max(0, n_arrived - n_seen));
  const shown = useMemo(() => news.rows.slice(n_waiting), [news, n_waiting]);
  const release = useCallback(() => setSeen({ key, n: n_arrived }), [key, n_arrived]);
  const isBehind = isOn && read !== null && arrived.missed > read;
  return {
    shown,
    n_waiting,
    n_left_out: news.n_left_out,
    isConnected,
    isBehind,
    why: isBehind ? arrived.why : null,
    release,
  };
}
