// What the root knows of the server at any moment: its clock, its health, whether it is there.

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { get, ProblemError } from "../../api/client";
import { listen } from "../../api/live";
import * as queries from "../../api/queries";
import type { SessionAnswer, Status } from "../../api/types";
import { paced } from "../../lib/paced";

/** The age of the newest record is said anew so often. */
const TICK_MS = 10_000;
/** While records arrive all the time, answers are asked again at most so often. */
const REFRESH_MS = 30_000;
/** How often the status is read anyhow. */
const STATUS_MS = 60_000;
/** Events may be away for so long before it is said: most streams are back sooner. */
const QUIET_MS = 5_000;
/** A server that does not say within this time who asks is as good as away. */
const PROBE_MS = 10_000;

/** Events come; the server answers, but sends no events; it does not answer. */
export type Connection = "live" | "quiet" | "lost";

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

/** Keeps answers fresh while records arrive; tells how the server is reached. */
export function useLive(isOn: boolean): Connection {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>("live");
  useEffect(() => {
    if (!isOn) return;
    const refresh = paced(() => void client.invalidateQueries({ predicate: isLive }), REFRESH_MS);
    const watch = watched(client, setConnection);
    let known: number | null = null;
    const stop = listen({
      onLake: (event) => {
        const key = queries.status().queryKey;
        // Who connects is told how it is: news only if what was read before is older.
        const before = known ?? client.getQueryData<Status>(key)?.lake_version ?? event.version;
        known = event.version;
        client.setQueryData<Status>(key, (it) =>
          it && event.version !== it.lake_version
            ? { ...it, newest: event.newest, lake_version: event.version, n_rows: event.n_rows }
            : it,
        );
        if (event.version !== before) refresh.call();
      },
      onSources: (sources) =>
        client.setQueryData<Status>(
          queries.status().queryKey,
          (before) => before && { ...before, sources },
        ),
      onAdvice: () => void client.invalidateQueries({ queryKey: ["/advice"] }),
      onConnection: watch.tell,
    });
    return () => {
      stop();
      refresh.stop();
      watch.stop();
    };
  }, [client, isOn]);
  return connection;
}

/** Finds out what it means that the stream of events broke, and mends what failed meanwhile. */
function watched(client: QueryClient, set: (connection: Connection) => void) {
  let isStreaming = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const forget = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const stop = () => {
    isStreaming = true;
    forget();
  };
  const tell = async (isConnected: boolean) => {
    if (isConnected) {
      stop();
      set("live");
      void client.refetchQueries({ type: "active", predicate: isToMend });
      return;
    }
    isStreaming = false;
    const found = await probe(client);
    // It may have come back, or be gone, while it was asked.
    if (isStreaming) return;
    if (found === "lost") {
      forget();
      set("lost");
    } else timer ??= setTimeout(() => set("quiet"), QUIET_MS);
  };
  return { tell: (isConnected: boolean) => void tell(isConnected), stop };
}

/** Asks who asks: an answer means that the server is there, whoever it takes this page for. */
async function probe(client: QueryClient): Promise<Connection> {
  try {
    const signal = AbortSignal.timeout(PROBE_MS);
    const session = await get<SessionAnswer>("/session", {}, { signal });
    // The session has ended: the token form shows.
    if (session.role === null) client.setQueryData(queries.session().queryKey, session);
    return "quiet";
  } catch (error) {
    const isThere = error instanceof ProblemError && error.status !== 0 && error.isRetryable;
    return isThere ? "quiet" : "lost";
  }
}

interface Asked {
  queryKey: readonly unknown[];
  state: { status: string; data: unknown };
}

/** Whether an answer changes with new records. */
function isLive({ queryKey: [name] }: Pick<Asked, "queryKey">): boolean {
  return typeof name === "string" && (LIVE.has(name) || name.startsWith("/entity/"));
}

/** Whether a question failed, and may be asked again without moving rows that somebody reads. */
function isToMend(it: Asked): boolean {
  return it.state.status === "error" && (it.state.data === undefined || isLive(it));
}

/** What changes with new records. Flows are left out: rows must not jump. */
const LIVE = new Set([
  "/explore",
  "/facets",
  "pairs",
  "/spikes",
  "/differences",
  "/newcomers",
  "/findings",
  "/status",
]);
