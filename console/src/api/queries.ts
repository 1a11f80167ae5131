// Every question to the server as options for TanStack Query: one key, one address, one type.
// Routes use these with useQuery; nothing else asks the server.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import type { Metric } from "./types";
import type * as wire from "./types";
import { get, type Parameters } from "./client";

/** The part of a question that all endpoints take. */
export interface Scope {
  q: string;
  from: string;
  until: string;
}

/** How long an answer counts as fresh; the lake's events make it stale sooner. */
const FRESH_MS = 30_000;
/** Vocabulary changes only with the program. */
const FIXED_MS = 3_600_000;

/** Options of one GET; `label` makes it a query that is shown and can be cancelled. */
function ask<Answer>(path: string, parameters: Parameters, label?: string) {
  return queryOptions({
    queryKey: [path, parameters],
    queryFn: ({ signal }) =>
      get<Answer>(path, parameters, { signal, ...(label === undefined ? {} : { label }) }),
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
  });
}

export interface ExploreAsk extends Scope {
  by: readonly string[];
  metric: Metric;
  limit?: number;
  bucket?: string;
  compare?: string;
  confirm?: boolean;
}

export const explore = ({ by, ...rest }: ExploreAsk) =>
  ask<wire.ExploreAnswer>("/explore", { ...rest, by: by.join(",") }, "Explore");

export const facets = (it: Scope & { fields: readonly string[]; metric: Metric; limit?: number }) =>
  ask<wire.FacetsAnswer>("/facets", { ...it, fields: it.fields.join(",") }, "Facets");

export interface FlowsAsk extends Scope {
  columns: readonly string[];
  order: "newest" | "oldest";
  limit: number;
  after?: string | null;
  confirm?: boolean;
}

export const flows = ({ columns, ...rest }: FlowsAsk) =>
  ask<wire.FlowsAnswer>("/flows", { ...rest, columns: columns.join(",") }, "Records");

export interface RelatedAsk {
  srcaddr: string;
  srcport: number;
  dstaddr: string;
  dstport: number;
  protocol: number;
  at: string;
}

export const related = (it: RelatedAsk) =>
  ask<wire.FlowsAnswer>("/flows/related", { ...it }, "Related records");

export const filter = (q: string) =>
  queryOptions({
    ...ask<wire.FilterAnswer>("/filter", { q }),
    retry: false,
    staleTime: FIXED_MS,
  });

export const complete = (it: Scope & { at: number }) =>
  queryOptions({ ...ask<wire.CompleteAnswer>("/filter/complete", { ...it }), retry: false });

export const values = (it: Scope & { field: string; prefix: string; limit?: number }) =>
  ask<wire.ValuesAnswer>("/values", { ...it });

/** How many values of a field were not seen in the days before the window. */
export const newcomers = (it: Scope & { field: string; days: number }) =>
  ask<wire.NewcomersAnswer>("/newcomers", { ...it, bucket: "auto" }, "Newcomers");

/** What moved most against the same time a week ago. */
export const movers = (it: Scope & { field: string; metric: Metric; limit: number }) =>
  ask<wire.MoversAnswer>("/movers", { ...it, compare: "week" }, "Movers");

export const spikes = (it: Scope & { action?: "ACCEPT" | "REJECT" }) =>
  ask<wire.SpikesAnswer>("/spikes", { ...it }, "Spikes");

export const differences = (
  it: Scope & { inside_from: string; inside_until: string; limit?: number },
) => ask<wire.DifferencesAnswer>("/differences", { ...it }, "Differences");

export const entity = (it: { kind: string; id: string; from: string; until: string }) => {
  const path = `/entity/${encodeURIComponent(it.kind)}/${encodeURIComponent(it.id)}`;
  return queryOptions({
    ...ask<wire.Entity>(path, { from: it.from, until: it.until }, "Entity"),
    // Of another window it may be shown for a moment, but never under the name of another.
    placeholderData: (before, query) => (query?.queryKey[0] === path ? before : undefined),
  });
};

export const findings = (it: { from: string; until: string; severity?: string }) =>
  ask<wire.FindingsAnswer>("/findings", { ...it });

export const advice = (it: { days: number; group?: string }) =>
  ask<wire.AdviceAnswer>("/advice", { ...it });

export const coverage = () => ask<wire.CoverageAnswer>("/coverage", {});

export const inventory = (it: { kind: string; at?: string; q?: string; limit?: number }) =>
  ask<wire.InventoryAnswer>(`/inventory/${it.kind}`, { at: it.at, q: it.q, limit: it.limit });

export const status = () => ask<wire.Status>("/status", {});

export const views = () => ask<wire.SavedView[]>("/views", {});

export const notes = () => ask<wire.Note[]>("/notes", {});

/** Names of identifiers: of groups, instances, subnets. */
export const names = () =>
  queryOptions({ ...ask<wire.NamesAnswer>("/names", {}), staleTime: FIXED_MS });

export const schema = () =>
  queryOptions({ ...ask<wire.SchemaAnswer>("/schema", {}), staleTime: FIXED_MS });

export const session = () =>
  queryOptions({ ...ask<wire.SessionAnswer>("/session", {}), retry: false, staleTime: FIXED_MS });
