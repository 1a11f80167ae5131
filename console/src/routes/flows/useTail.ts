// Records that arrived since the page was opened. While the person reads further down they wait.

import { useCallback, useEffect, useState } from "react";

import { tail } from "../../api/tail";
import type { Cell } from "../../api/types";

/** Older records of the tail give way: the lake has them all. */
const N_KEPT_MAX = 2000;

export interface Tail {
  /** Newest first. */
  shown: Cell[][];
  n_waiting: number;
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
}

/** Follows `q` while `isOn`; records wait while `isPaused`. */
export function useTail(
  ask: { q: string; columns: readonly string[] },
  isOn: boolean,
  isPaused: boolean,
): Tail {
  const { q } = ask;
  const columns = ask.columns.join(",");
  const key = isOn ? `${columns} ${q}` : "";
  const [arrived, setArrived] = useState<Arrived>({ key: "", rows: [], n_arrived: 0 });
  const [n_seen, setSeen] = useState(0);
  const [isConnected, setIsConnected] = useState(true);
  useEffect(() => {
    if (key === "") return;
    return tail(q, columns.split(","), {
      onConnection: setIsConnected,
      onFlows: ({ rows }) => setArrived((before) => withRows(before, key, rows)),
    });
  }, [q, columns, key]);
  const { rows, n_arrived } = arrived.key === key ? arrived : { rows: [], n_arrived: 0 };
  if (!isPaused && n_seen !== n_arrived) setSeen(n_arrived);
  const n_waiting = Math.max(0, n_arrived - n_seen);
  const release = useCallback(() => setSeen(n_arrived), [n_arrived]);
  return { shown: rows.slice(n_waiting), n_waiting, isConnected, release };
}

function withRows(before: Arrived, key: string, rows: readonly Cell[][]): Arrived {
  const { rows: older, n_arrived } = before.key === key ? before : { rows: [], n_arrived: 0 };
  const kept = [...rows.toReversed(), ...older].slice(0, N_KEPT_MAX);
  return { key, rows: kept, n_arrived: n_arrived + rows.length };
}
