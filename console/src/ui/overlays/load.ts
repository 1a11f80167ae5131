// Menus, dialogs and the like are loaded once the page has been drawn: nobody opens one before.

import { useSyncExternalStore } from "react";

type Parts = typeof import("./parts");

let parts: Parts | null = null;
let isAsked = false;
const listeners = new Set<() => void>();

/** The overlays, or null for the moment until they are there. */
export function useOverlays(): Parts | null {
  return useSyncExternalStore(subscribe, () => parts);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!isAsked) {
    isAsked = true;
    // After the paint that the page itself needs.
    setTimeout(() => void load());
  }
  return () => listeners.delete(listener);
}

async function load(): Promise<void> {
  try {
    parts = await import("./parts");
  } catch {
    // The server may be away for a moment: the next component that needs an overlay asks again.
    isAsked = false;
    return;
  }
  for (const listener of listeners) listener();
}
