// What people call things, as the inventory knows it.

import { useQuery } from "@tanstack/react-query";

import * as queries from "../api/queries";
import type { NamesAnswer } from "../api/types";
import { distinctNames } from "../lib/names";

const NONE: ReadonlyMap<string, string> = new Map();
const distinct = (answer: NamesAnswer) => distinctNames(answer.names);

/** Names by id; empty until they are there. */
export function useNames(): ReadonlyMap<string, string> {
  return useQuery({ ...queries.names(), select: distinct }).data ?? NONE;
}
