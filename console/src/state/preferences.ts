// What is this person's alone and so not in the URL: the theme. Kept by the browser.

import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "tidegate.theme";
const listeners = new Set<() => void>();

/** Sets the theme of the document as it was chosen last. */
export function startTheme(): void {
  apply(theme());
}

/** The theme, and how to choose another. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, theme), choose];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function choose(next: Theme): void {
  if (next === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  apply(next);
  for (const listener of listeners) listener();
}

function apply(next: Theme): void {
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
}
