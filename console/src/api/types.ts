// The types of the HTTP API by their names, from crates/serve/openapi.json (`npm run gen`).
// Narrower than the description are only the values of groups, which are never lists.

import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Metric = "bytes" | "packets" | "flows" | "connections";
export type Cell = Schemas["Cell"];
/** The value of a group. */
export type Key = string | number | null;

export type ExploreRow = Omit<Schemas["ExploreRow"], "key"> & { key: Key[] };
export type ExploreAnswer = Omit<Schemas["ExploreAnswer"], "rows" | "metric"> & {
  rows: ExploreRow[];
  metric: Metric;
};
export type FacetRow = Omit<Schemas["FacetRow"], "value"> & { value: Key };
export type Facet = Omit<Schemas["Facet"], "rows" | "other"> & {
  rows: FacetRow[];
  other: FacetRow | null;
};
export type FacetsAnswer = Omit<Schemas["FacetsAnswer"], "facets" | "metric"> & {
  facets: Facet[];
  metric: Metric;
};
export type MoverRow = Omit<Schemas["MoverRow"], "key"> & { key: Key };
export type MoversAnswer = Omit<Schemas["MoversAnswer"], "rows" | "metric"> & {
  rows: MoverRow[];
  metric: Metric;
};
export type DifferentValue = Omit<Schemas["DifferentValue"], "value"> & { value: Key };
export type DifferentField = Omit<Schemas["DifferentField"], "rows"> & { rows: DifferentValue[] };
export type DifferencesAnswer = Omit<Schemas["DifferencesAnswer"], "fields"> & {
  fields: DifferentField[];
};

/** What a refusal says; `lost` is the console's own, for no answer at all. */
export type Problem = Omit<Schemas["Problem"], "code"> & { code: Schemas["Code"] | "lost" };

export type Span = Schemas["Span"];
export type Cost = Schemas["Cost"];
export type CostGuess = Schemas["CostGuess"];
export type Window = Schemas["Window"];
export type ExploreRest = Schemas["ExploreRest"];
export type FlowsAnswer = Schemas["FlowsAnswer"];
export type Column = Schemas["Column"];
export type ValuesAnswer = Schemas["ValuesAnswer"];
export type FieldValue = Schemas["FieldValue"];
export type FilterAnswer = Schemas["FilterAnswer"];
export type Pill = Schemas["Pill"];
export type CompleteAnswer = Schemas["CompleteAnswer"];
export type Completion = Schemas["Completion"];
export type SpikesAnswer = Schemas["SpikesAnswer"];
export type Spike = Schemas["Spike"];
export type Entity = Schemas["Entity"];
export type EntityFact = Schemas["EntityFact"];
export type EntityLink = Schemas["EntityLink"];
export type EntityView = Schemas["EntityView"];
export type EntityState = Schemas["EntityState"];
export type SqlAsk = Schemas["SqlAsk"];
export type SqlAnswer = Schemas["SqlAnswer"];
export type SqlColumn = Schemas["SqlColumn"];
export type SchemaAnswer = Schemas["SchemaAnswer"];
export type SchemaTable = Schemas["SchemaTable"];
export type SchemaField = Schemas["SchemaField"];
export type SchemaFunction = Schemas["SchemaFunction"];
export type FindingsAnswer = Schemas["FindingsAnswer"];
export type Finding = Schemas["Finding"];
export type AdviceAnswer = Schemas["AdviceAnswer"];
export type AdviceReport = Schemas["AdviceReport"];
export type AdvisedGroup = Schemas["AdvisedGroup"];
export type AdvisedRule = Schemas["AdvisedRule"];
export type Proposal = Schemas["Proposal"];
export type AdviceCheck = Schemas["AdviceCheck"];
export type MissingRule = Schemas["MissingRule"];
export type ReplayResult = Schemas["ReplayResult"];
export type CoverageAnswer = Schemas["CoverageAnswer"];
export type CoverageSummary = Schemas["CoverageSummary"];
export type CoverageResource = Schemas["CoverageResource"];
export type CoverageFlowLog = Schemas["CoverageFlowLog"];
export type InventoryAnswer = Schemas["InventoryAnswer"];
export type SavedView = Schemas["SavedView"];
export type Note = Schemas["Note"];
export type Status = Schemas["Status"];
export type SourceHealth = Schemas["SourceHealth"];
export type NamesAnswer = Schemas["NamesAnswer"];
export type SessionAnswer = Schemas["SessionAnswer"];
export type TailEvent = Schemas["TailEvent"];
export type LakeState = Schemas["LakeState"];
export type Progress = Schemas["Progress"];
export type NewcomersAnswer = Schemas["NewcomersAnswer"];
