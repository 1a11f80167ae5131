// Server-sent events, held open only while somebody looks: a browser allows six connections to a
// server for all its tabs together, and each stream keeps one.
//
// A browser connects again by itself after a connection broke, but gives up for good after any answer
// that is not a stream: a full server, a proxy whose server is away. Then this opens a new one.

export interface StreamHandlers {
  /** By the name of the event; `id` is what the server numbered it with, else empty. */
  on: Readonly<Record<string, (text: string, id: string) => void>>;
  onConnection?: (isConnected: boolean) => void;
}

/** How long it waits before it opens a stream again; twice as long after each try in vain. */
const WAIT_MS = 1000;
/** The longest that it waits: a server that is back is noticed within half a minute. */
const WAIT_MS_MAX = 30_000;

/** Listens while the page is visible, until the returned function is called. */
export function stream(address: string, { on, onConnection }: StreamHandlers): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nInVain = 0;
  const open = () => {
    close();
    const opened = new EventSource(address);
    source = opened;
    opened.addEventListener("open", () => {
      nInVain = 0;
      onConnection?.(true);
    });
    opened.addEventListener("error", () => {
      onConnection?.(false);
      if (opened.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, waitMs(nInVain));
      nInVain += 1;
    });
    for (const [name, handle] of Object.entries(on)) {
      opened.addEventListener(name, (event: MessageEvent<string>) =>
        handle(event.data, event.lastEventId),
      );
    }
  };
  const close = () => {
    clearTimeout(timer);
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

/** A while of half to the whole of its length, so that many pages do not come back at once. */
function waitMs(nInVain: number): number {
  const longest = Math.min(WAIT_MS_MAX, WAIT_MS * 2 ** nInVain);
  return longest * (0.5 + Math.random() / 2);
}
