// What the server tells by itself: new versions of the lake, the health of sources, advice.

import { API } from "./client";
import type { SourceHealth } from "./types";

export interface LakeEvent {
  version: number;
  newest: string | null;
  n_rows: number;
}

export interface LiveHandlers {
  onLake: (event: LakeEvent) => void;
  onSources: (sources: SourceHealth[]) => void;
  onAdvice: () => void;
  onConnection: (isConnected: boolean) => void;
}

/** Listens to the server's events until the returned function is called. */
export function listen(handlers: LiveHandlers): () => void {
  const stream = new EventSource(`${API}/events`);
  stream.addEventListener("open", () => handlers.onConnection(true));
  stream.addEventListener("error", () => handlers.onConnection(false));
  stream.addEventListener("lake", (event) => handlers.onLake(JSON.parse(event.data)));
  stream.addEventListener("sources", (event) => handlers.onSources(JSON.parse(event.data)));
  stream.addEventListener("advice", () => handlers.onAdvice());
  return () => stream.close();
}
