// New records of a filter as they arrive.

import { addressOf } from "./client";
import { stream } from "./stream";
import type { TailEvent } from "./types";

export interface TailHandlers {
  onFlows: (event: TailEvent) => void;
  onConnection: (isConnected: boolean) => void;
}

/** Follows new records until the returned function is called. */
export function tail(q: string, columns: readonly string[], handlers: TailHandlers): () => void {
  return stream(addressOf("/tail", { q, columns: columns.join(",") }), {
    onConnection: handlers.onConnection,
    on: { flows: (text) => handlers.onFlows(JSON.parse(text)) },
  });
}
