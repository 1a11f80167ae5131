// The pills of the question, and what they do.
//
// The server reads the filter. Until it has read what a pill made of it, the pills are those of that
// change: quick clicks one after the other all count, and none is taken for a pill of an older filter.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";

import { problemFrom } from "../../api/client";
import * as queries from "../../api/queries";
import type { FilterAnswer, Pill, Problem } from "../../api/types";
import {
  movePill,
  type PillState,
  pillsWith,
  placedIn,
  type PlacedPill,
  plainPill,
  replacePill,
} from "../../filter/edit";
import { placePills } from "../../filter/FilterBar";
import { all } from "../../filter/term";
import { useChange } from "../../state/question";
import { type Question, readQuestion } from "../../state/search";

export interface Pills {
  /** Null if the filter is more than a list of terms. */
  pills: readonly PlacedPill[] | null;
  /** Why the filter cannot be read. */
  problem: Problem | null;
  onReplace: (placed: PlacedPill, text: string) => void;
  onMove: (placed: PlacedPill, state: PillState) => void;
}

/** Where the cache keeps the pills of a filter that a pill made, until the server has read it. */
const madeKey = (q: string) => ["pills", q];

export function usePills({ q, off, pin }: Question): Pills {
  const client = useQueryClient();
  const change = useChange();
  const router = useRouter();
  const read = useQuery(queries.filter(q));
  const readOff = useQuery({ ...queries.filter(all(...off)), enabled: off.length > 0 });
  const readPin = useQuery({ ...queries.filter(all(...pin)), enabled: pin.length > 0 });

  /** The pills of a filter, if it has been read or made here. */
  const known = (filter: string): readonly Pill[] | null => {
    const answer = client.getQueryData<FilterAnswer>(queries.filter(filter).queryKey);
    if (answer) return answer.pills;
    return client.getQueryData<readonly Pill[]>(madeKey(filter)) ?? null;
  };
  const keep = (filter: string, pills: readonly Pill[]) => {
    client.setQueryData(madeKey(filter), pills);
  };
  const isReading = read.isPending || read.isPlaceholderData;
  const on = (isReading ? known(q) : null) ?? read.data?.pills ?? null;
  const isList = !read.isError && (read.isPending || on !== null);

  /** Does to the newest question what was meant for the one that is drawn. */
  const onReplace = (drawn: PlacedPill, text: string) => {
    const question = readQuestion(router.latestLocation.search);
    const pills = known(question.q);
    const placed = placedIn(question, pills ?? [], drawn);
    if (!placed) return;
    const patch = replacePill(question, pills ?? [], placed, text);
    if (pills) keep(patch.q ?? question.q, pillsWith(pills, placed, text));
    change(patch);
  };
  const onMove = (drawn: PlacedPill, state: PillState) => {
    const question = readQuestion(router.latestLocation.search);
    const pills = known(question.q);
    const placed = placedIn(question, pills ?? [], drawn);
    if (!placed) return;
    const patch = movePill(question, pills ?? [], placed, state);
    if (pills) {
      const left = pillsWith(pills, placed, "");
      keep(patch.q ?? question.q, state === "on" ? [...left, placed.pill] : left);
    }
    change(patch);
  };
  return {
    pills: isList ? placePills(on ?? [], worded(off, readOff), worded(pin, readPin)) : null,
    problem: read.error && problemFrom(read.error),
    onReplace,
    onMove,
  };
}

interface Read {
  data: FilterAnswer | undefined;
  isPlaceholderData: boolean;
}

/** Pills of texts that are kept apart from the filter, with the server's words where it has them. */
function worded(texts: readonly string[], { data, isPlaceholderData }: Read): Pill[] {
  const read = isPlaceholderData ? null : data?.pills;
  return texts.map((text, index) => {
    const pill = read?.length === texts.length ? read[index] : undefined;
    return { ...(pill ?? plainPill(text)), text };
  });
}
