// SQL: one statement, asked by POST. Beside queries.ts, since it is no GET and has no window.
import { queryOptions } from "@tanstack/react-query";

import { API, ProblemError, problemFrom, write } from "./client";
import { ended, started } from "./running";
import type { Problem, SqlAnswer, SqlAsk } from "./types";

/** So many rows go into a file. */
export const EXPORT_ROWS_MAX = 10_000_000;

/** So many rows are shown; an export has more. */
export const SQL_ROWS_MAX = 10_000;

export type ExportForm = "csv" | "ndjson" | "parquet";

/** Options of a statement. An empty one is not asked. */
export const sqlAnswer = (ask: SqlAsk) =>
  queryOptions({
    queryKey: ["/sql", ask],
    queryFn: ({ signal }) => answer(ask, signal),
    enabled: ask.sql.trim() !== "",
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });

async function answer(ask: SqlAsk, signal: AbortSignal): Promise<SqlAnswer> {
  const id = started("SQL");
  try {
    return await write<SqlAnswer>("POST", "/sql", { body: ask, signal, id });
  } finally {
    ended(id);
  }
}

/** All rows of a statement as a file. Errors are those of the statement. */
export async function exportSql(ask: SqlAsk, form: ExportForm): Promise<Blob> {
  const response = await fetch(`${API}/sql?format=${form}`, {
    method: "POST",
    headers: { "x-tidegate": "1", "content-type": "application/json" },
    body: JSON.stringify(ask),
    credentials: "same-origin",
  });
  if (response.ok) return response.blob();
  throw new ProblemError(await problemOf(response), response.status);
}

async function problemOf(response: Response): Promise<Problem> {
  const unknown = problemFrom(new Error(`the server answered ${response.status}`));
  try {
    const said: Partial<Problem> = await response.json();
    return { ...unknown, ...said };
  } catch {
    return unknown;
  }
}
