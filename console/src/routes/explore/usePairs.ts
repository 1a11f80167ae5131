// Fields side by side for sankey and matrix: the largest values of each with all that they have, and
// the pairs of neighbours among them. So every mark is exact, and its records are as many.
import {
  keepPreviousData,
  type QueryClient,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from "@tanstack/react-query";

import * as queries from "../../api/queries";
import type { Facet } from "../../api/types";
import type { Pair, Side } from "../../charts/matrixLayout";
import { all, isTerm } from "../../filter/term";
import { scopeOf } from "../../state/question";
import type { Question } from "../../state/search";

/** The most pairs that a server lists at once. */
const PAIRS_MAX = 1000;

export interface Columns {
  columns: (Side & { field: string })[];
  /** From each column to the next. */
  links: Pair[][];
  total: number;
}

export interface PairsAsk extends queries.Scope {
  fields: readonly string[];
  metric: Question["metric"];
  /** So many values of each field at most. */
  limit: number;
}

/** Asks for values, then for their pairs; one answer, which is there when both are. */
export function usePairs(
  question: Question,
  fields: readonly string[],
  limit: number,
): UseQueryResult<Columns> {
  const client = useQueryClient();
  const ask: PairsAsk = { ...scopeOf(question), fields, metric: question.metric, limit };
  return useQuery({
    queryKey: ["pairs", ask],
    queryFn: () => read(client, ask),
    placeholderData: keepPreviousData,
  });
}

async function read(client: QueryClient, ask: PairsAsk): Promise<Columns> {
  const { q, from, until, metric } = ask;
  const { facets } = await client.fetchQuery(queries.facets(ask));
  const steps = facets.slice(1).flatMap((right, at) => {
    const left = facets[at];
    return left === undefined ? [] : [{ left, right }];
  });
  const links = await Promise.all(
    steps.map(async ({ left, right }) => {
      const { rows } = await client.fetchQuery(
        queries.explore({
          q: all(q, anyOf(left), anyOf(right)),
          from,
          until,
          by: [left.field, right.field],
          metric,
          limit: PAIRS_MAX,
          bucket: "none",
        }),
      );
      return rows;
    }),
  );
  return {
    columns: facets.map((it) => ({ field: it.field, values: it.rows, nValues: it.n_values })),
    links,
    total: Math.max(0, ...facets.map((it) => it.total)),
  };
}

/** The filter of the listed values of a field. */
function anyOf({ field, rows }: Facet): string {
  return rows.map((it) => isTerm(field, it.value)).join(" or ");
}
