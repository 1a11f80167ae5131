// What the root knows of the server at any moment: its clock, its health, whether it is there.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { listen } from "../../api/live";
import * as queries from "../../api/queries";
import type { Status } from "../../api/types";

/** The age of the newest record is said anew so often. */
const TICK_MS = 10_000;
/** While records arrive all the time, answers are asked again at most so often. */
const REFRESH_MS = 30_000;
/** How often the status is read anyhow. */
const STATUS_MS = 60_000;

/** The server's clock, also if it was set with `--now`. Moves on every ten seconds. */
export function useNow(): Date {
  const { data, dataUpdatedAt } = useQuery(queries.status());
  const [tick, setTick] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setTick(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  if (!data) return new Date(tick);
  return new Date(Date.parse(data.now) + Math.max(0, tick - dataUpdatedAt));
}

/** The status of the server. */
export function useStatus(): Status | null {
  return useQuery({ ...queries.status(), refetchInterval: STATUS_MS }).data ?? null;
}

/** Keeps answers fresh while records arrive; tells whether the server can be reached. */
export function useLive(isOn: boolean): boolean {
  const client = useQueryClient();
  const [isConnected, setIsConnected] = useState(true);
  const refreshedAt = useRef(0);
  useEffect(() => {
    if (!isOn) return;
    const refresh = () => {
      if (Date.now() - refreshedAt.current < REFRESH_MS) return;
      refreshedAt.current = Date.now();
      const isAboutRecords = (key: unknown) => typeof key === "string" && LIVE.has(key);
      void client.invalidateQueries({ predicate: (it) => isAboutRecords(it.queryKey[0]) });
    };
    return listen({
      onLake: (event) => {
        client.setQueryData<Status>(queries.status().queryKey, (before) =>
          before && event.version !== before.lake_version
            ? { ...before, newest: event.newest, lake_version: event.version, n_rows: event.n_rows }
            : before,
        );
        refresh();
      },
      onSources: (sources) =>
        client.setQueryData<Status>(
          queries.status().queryKey,
          (before) => before && { ...before, sources },
        ),
      onAdvice: () => void client.invalidateQueries({ queryKey: ["/advice"] }),
      onConnection: setIsConnected,
    });
  }, [client, isOn]);
  return isConnected;
}

/** Endpoints whose answers change with new records. Flows are left out: rows must not jump. */
const LIVE = new Set(["/explore", "/facets", "/spikes", "/differences", "/findings", "/status"]);
