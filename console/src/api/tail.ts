// New records of a filter as they arrive.

import { addressOf } from "./client";
import { stream } from "./stream";
import type { Problem, TailEvent } from "./types";

export interface TailHandlers {
  /** `version` is that of the lake up to which everything has been told. */
  onFlows: (event: TailEvent, version: number) => void;
  /** The server could not tell of records up to this version: reading them again finds them. */
  onMissed: (version: number, why: Problem) => void;
  onConnection: (isConnected: boolean) => void;
}

/** Follows new records until the returned function is called. */
export function tail(q: string, columns: readonly string[], handlers: TailHandlers): () => void {
  return stream(addressOf("/tail", { q, columns: columns.join(",") }), {
    onConnection: handlers.onConnection,
    on: {
      flows: (text, id) => handlers.onFlows(JSON.parse(text), Number(id)),
      problem: (text, id) => handlers.onMissed(Number(id), JSON.parse(text)),
    },
  });
}
