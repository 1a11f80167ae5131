// New records of a filter as they arrive.

import { addressOf } from "./client";
import type { Cell, Column } from "./types";

export interface TailEvent {
  columns: Column[];
  rows: Cell[][];
  newest: string | null;
}

export interface TailHandlers {
  onFlows: (event: TailEvent) => void;
  onConnection: (isConnected: boolean) => void;
}

/** Follows new records until the returned function is called. */
export function tail(q: string, columns: readonly string[], handlers: TailHandlers): () => void {
  const stream = new EventSource(addressOf("/tail", { q, columns: columns.join(",") }));
  stream.addEventListener("open", () => handlers.onConnection(true));
  stream.addEventListener("error", () => handlers.onConnection(false));
  stream.addEventListener("flows", (event) => handlers.onFlows(JSON.parse(event.data)));
  return () => stream.close();
}
