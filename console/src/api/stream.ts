// Server-sent events, held open only while somebody looks: a browser allows six connections to a
// server for all its tabs together, and each stream keeps one.

export interface StreamHandlers {
  /** By the name of the event. */
  on: Readonly<Record<string, (text: string) => void>>;
  onConnection?: (isConnected: boolean) => void;
}

/** Listens while the page is visible, until the returned function is called. */
export function stream(address: string, { on, onConnection }: StreamHandlers): () => void {
  let source: EventSource | null = null;
  const open = () => {
    source = new EventSource(address);
    source.addEventListener("open", () => onConnection?.(true));
    source.addEventListener("error", () => onConnection?.(false));
    for (const [name, handle] of Object.entries(on)) {
      source.addEventListener(name, (event: MessageEvent<string>) => handle(event.data));
    }
  };
  const close = () => {
    source?.close();
    source = null;
  };
  const look = () => {
    if (document.visibilityState === "hidden") close();
    else if (source === null) open();
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    close();
  };
}
