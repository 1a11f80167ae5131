// What a chart tells when a mark is chosen. Charts know fields and values, not the URL.

export type Key = string | number | null;

export interface Term {
  field: string;
  value: Key;
}

/** `only` adds the terms to the filter, `not` excludes them, `records` opens what the mark counts. */
export type PickHow = "only" | "not" | "records";

export type OnPick = (terms: readonly Term[], how: PickHow) => void;

/** How a click or key on a mark is meant: plain, with Alt, with Shift. */
export function howOf(event: { altKey: boolean; shiftKey: boolean }): PickHow {
  if (event.altKey) return "not";
  return event.shiftKey ? "records" : "only";
}
