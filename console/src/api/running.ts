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
const streams = new Map<string, () => void>();

/** Notes that a query begins; returns its id, which goes along as `x-query-id`. */
export function started(label: string): string {
  const id = crypto.randomUUID();
  const timer = setTimeout(() => show(id, label), SHOWN_AFTER_MS);
  streams.set(id, () => clearTimeout(timer));
  return id;
}

/** Notes that a query has ended, whichever way. */
export function ended(id: string): void {
  streams.get(id)?.();
  streams.delete(id);
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
  const stream = new EventSource(`${API}/queries/${id}/events`);
  stream.addEventListener("progress", (event) => {
    const progress: Progress = JSON.parse(event.data);
    set(queries.map((it) => (it.id === id ? { ...it, progress } : it)));
  });
  stream.addEventListener("error", () => stream.close());
  streams.set(id, () => stream.close());
}

function set(next: readonly RunningQuery[]): void {
  queries = next;
  for (const listener of listeners) listener();
}
