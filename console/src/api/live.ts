// What the server tells by itself: new versions of the lake, the health of sources, advice.

import { API } from "./client";
import { stream } from "./stream";
import type { LakeState, SourceHealth } from "./types";

export interface LiveHandlers {
  onLake: (event: LakeState) => void;
  onSources: (sources: SourceHealth[]) => void;
  onAdvice: () => void;
  onConnection: (isConnected: boolean) => void;
}

/** Listens to the server's events until the returned function is called. */
export function listen(handlers: LiveHandlers): () => void {
  return stream(`${API}/events`, {
    onConnection: handlers.onConnection,
    on: {
      lake: (text) => handlers.onLake(JSON.parse(text)),
      sources: (text) => handlers.onSources(JSON.parse(text)),
      advice: () => handlers.onAdvice(),
    },
  });
}
