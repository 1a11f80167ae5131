// Records that arrived since the page was opened. While the person reads further down they wait.

import { useCallback, useEffect, useState } from "react";

import { tail } from "../../api/tail";
import type { Cell, TailEvent } from "../../api/types";

/** Older records of the tail give way: the lake has them all. */
const N_KEPT_MAX = 2000;

export interface Tail {
  /** Newest first. */
  shown: Cell[][];
  n_waiting: number;
  /** Records that came and are not among the rows: they were too many at once. */
  n_left_out: number;
  isConnected: boolean;
  /** Shows what waits. */
  release: () => void;
}

interface Arrived {
  /** What was asked for: an answer to something else counts no more. */
  key: string;
  /** Newest first. */
  rows: Cell[][];
  n_arrived: number;
  n_left_out: number;
}

const NONE = { rows: [], n_arrived: 0, n_left_out: 0 } satisfies Omit<Arrived, "key">;

/** Follows `q` while `isOn`; records wait while `isPaused`. */
export function useTail(
  ask: { q: string; columns: readonly string[] },
  isOn: boolean,
  isPaused: boolean,
): Tail {
  const { q } = ask;
  const columns = ask.columns.join(",");
  const key = isOn ? `${columns} ${q}` : "";
  const [arrived, setArrived] = useState<Arrived>({ key: "", ...NONE });
  const [n_seen, setSeen] = useState(0);
  const [isConnected, setIsConnected] = useState(true);
  useEffect(() => {
    if (key === "") return;
    return tail(q, columns.split(","), {
      onConnection: setIsConnected,
      onFlows: (event) => setArrived((before) => withNews(before, key, event)),
    });
  }, [q, columns, key]);
  const { rows, n_arrived, n_left_out } = arrived.key === key ? arrived : NONE;
  if (!isPaused && n_seen !== n_arrived) setSeen(n_arrived);
  const n_waiting = Math.max(0, n_arrived - n_seen);
  const release = useCallback(() => setSeen(n_arrived), [n_arrived]);
  return { shown: rows.slice(n_waiting), n_waiting, n_left_out, isConnected, release };
}

function withNews(before: Arrived, key: string, news: TailEvent): Arrived {
  const { rows, n_arrived, n_left_out } = before.key === key ? before : NONE;
  return {
    key,
    rows: [...news.rows, ...rows].slice(0, N_KEPT_MAX),
    n_arrived: n_arrived + news.rows.length,
    n_left_out: n_left_out + news.n_more,
  };
}
