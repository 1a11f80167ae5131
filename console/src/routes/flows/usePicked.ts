// The record that a person picked, found again by what it is: others come above it, answers change.

import { useCallback, useMemo, useState } from "react";

import { type Picked, pickedAt, placeOf, type Rows } from "./columns";

export interface Pick {
  /** Where the record is now, or -1. */
  index: number;
  /** Tells it from others, wherever it is. */
  key: string;
  /** Picks the record at a place; of -1, none. */
  at: (index: number) => void;
}

/** One picked record of an answer. A record that is gone is picked no more. */
export function usePicked(answer: Rows): Pick {
  const [picked, setPicked] = useState<Picked | null>(null);
  const index = useMemo(() => (picked === null ? -1 : placeOf(answer, picked)), [answer, picked]);
  if (picked !== null && index < 0) setPicked(null);
  const at = useCallback((place: number) => setPicked(pickedAt(answer, place)), [answer]);
  return { index, key: picked?.key ?? "", at };
}
