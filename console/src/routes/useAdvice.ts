// Advice for the days that the URL asks; asked again while it is made.
import { useQuery } from "@tanstack/react-query";

import { advice } from "../api/queries";
import { among, useOwn } from "../state/own";

export const DAYS = ["30", "7", "90"] as const;

/** How often to look whether it is made, in milliseconds. The server also tells by itself. */
const LOOK_MS = 2000;

/** How far back the URL asks to look, in days. */
export function useDays(): number {
  const [said] = useOwn("days", "30");
  return Number(among(DAYS, said));
}

export function useAdvice() {
  const [said, setDays] = useOwn("days", "30");
  const days = among(DAYS, said);
  const answer = useQuery({
    ...advice({ days: Number(days) }),
    refetchInterval: (query) => (query.state.data?.state === "working" ? LOOK_MS : false),
  });
  return { days, setDays, answer };
}
