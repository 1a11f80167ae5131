// Queries on their way: what runs, how far it is, and how to cancel it.
// A store outside React, since queries outlive the components that asked.

import { API } from "./client";

export interface RunningQuery {
  id: string;
  label: string;
  startedAt: number;
  progress: Progress | null;
}

export interface Progress {
  n_files: number;
  n_files_done: number;
  n_rows: number;
  n_bytes: number;
  elapsed_ms: number;
}

/** A query that answers sooner needs no progress. */
const SHOWN_AFTER_MS = 700;

let queries: readonly RunningQuery[] = [];
const listeners = new Set<() => void>();
/** Queries that have not been shown yet. */
const timers = new Map<string, ReturnType<typeof setTimeout>>();
/** The query whose progress is followed. */
let followed: { id: string; close: () => void } | null = null;

/** Notes that a query begins; returns its id, which goes along as `x-query-id`. */
export function started(label: string): string {
  const id = crypto.randomUUID();
  timers.set(
    id,
    setTimeout(() => show(id, label), SHOWN_AFTER_MS),
  );
  return id;
}

/** Notes that a query has ended, whichever way. */
export function ended(id: string): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  if (queries.some((it) => it.id === id)) set(queries.filter((it) => it.id !== id));
}

/** Asks the server to stop a query; its request then ends with the problem `cancelled`. */
export async function cancel(id: string): Promise<void> {
  await fetch(`${API}/queries/${id}`, { method: "DELETE", headers: { "x-tidegate": "1" } });
}

/** Subscribes to the list of queries that have taken long enough to be shown. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The queries that are shown now. */
export function running(): readonly RunningQuery[] {
  return queries;
}

function show(id: string, label: string): void {
  const startedAt = Date.now() - SHOWN_AFTER_MS;
  set([...queries, { id, label, startedAt, progress: null }]);
}

function set(next: readonly RunningQuery[]): void {
  queries = next;
  follow();
  for (const listener of listeners) listener();
}

/**
 * Follows the progress of the oldest query. Of one only: each stream takes one of the few connections
 * that a browser has, and streams of queries that wait for a connection would wait for each other.
 */
function follow(): void {
  const [oldest] = queries;
  if (followed?.id === oldest?.id) return;
  followed?.close();
  followed = null;
  if (!oldest) return;
  const { id } = oldest;
  const source = new EventSource(`${API}/queries/${id}/events`);
  source.addEventListener("progress", (event: MessageEvent<string>) => {
    const progress: Progress = JSON.parse(event.data);
    set(queries.map((it) => (it.id === id ? { ...it, progress } : it)));
  });
  source.addEventListener("error", () => source.close());
  followed = { id, close: () => source.close() };
}
