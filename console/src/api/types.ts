// Contract of the HTTP API (prefix /api/v1). Wire = JSON, snake_case. The Rust types in crates/serve/src/api (utoipa)
// have exactly these names and fields; TypeScript types are generated from them later (openapi-typescript).
// Times: RFC 3339 UTC strings ("2026-03-02T14:00:00Z"). Windows are half-open [from, until).
// Query parameters `from`/`until` accept RFC 3339, dates (2026-03-02), relative (-24h, -7d, now), words (yesterday, "yesterday 14:00", today).
// Parsed by the server; answers carry the resolved window. Default window: from=-24h, until=now.
// `now` of the server can be fixed with `tidegate serve --now TIME` (tests, screenshots, old data).
// 64-bit counts are JSON numbers.

// every non-2xx answer
export interface Problem {
  code: string; // "filter" | "usage" | "not_found" | "denied" | "forbidden" | "too_large" | "too_slow" | "memory" | "busy" | "rate" | "lake" | "sql" | "cancelled" | "internal"
  message: string; // what went wrong, lower case, one sentence
  hint: string | null; // what to do
  causes: string[]; // from the outside in
  span: Span | null; // where in the filter / SQL (byte = UTF-16-safe: char offsets)
  suggestions: string[]; // replacements for the span
  cost: CostGuess | null; // with too_large: what it would read; repeat with `confirm=true`
}
export interface Span {
  start: number;
  end: number;
}

export type Metric = "bytes" | "packets" | "flows" | "connections"; // flows = records
export interface Cost {
  elapsed_ms: number;
  source: "summary" | "rows" | "both" | "cache" | "none";
  n_files: number;
  n_files_total: number; // data files read / in the lake
  n_rows: number;
  n_bytes: number; // read (of rows or of summaries)
  version: number; // version of the lake that was read
  warnings: string[];
}
export interface CostGuess {
  n_files: number;
  n_rows: number;
  n_bytes: number;
}
export interface Window {
  from: string;
  until: string;
}

// GET /explore?q&from&until&by=a,b&metric&limit=10&bucket=auto|none|60s|1h...&compare=none|previous|week|<from>..<until>&confirm
export interface ExploreAnswer {
  q: string; // canonical text of the filter
  window: Window;
  bucket_s: number | null;
  buckets_from: string | null;
  n_buckets: number;
  compared: Window | null;
  by: string[];
  metric: Metric;
  rows: ExploreRow[]; // top N, descending by value
  other: ExploreRest | null; // exact rest: null if there is none
  total: ExploreRest;
  sql: string; // same rows when pasted into SQL
  command: string; // the same as a `tidegate top ...` command
  cost: Cost;
}
export interface ExploreRow {
  key: (string | number | null)[]; // one per `by`
  value: number;
  share: number; // share of total.value, 0..1 (0 if total is 0)
  series: number[] | null; // n_buckets numbers if bucketed
  previous: number | null; // value in the compared window
  previous_series: number[] | null;
}
export interface ExploreRest {
  n_groups: number;
  value: number;
  share: number;
  series: number[] | null;
  previous: number | null;
  previous_series: number[] | null;
}

// GET /facets?q&from&until&fields=a,b,c&metric&limit=8  : many one-dimensional top lists at once, no series
export interface FacetsAnswer {
  q: string;
  window: Window;
  metric: Metric;
  facets: Facet[];
  cost: Cost;
}
export interface Facet {
  field: string;
  rows: FacetRow[];
  other: FacetRow | null;
  n_values: number;
  total: number;
}
export interface FacetRow {
  value: string | number | null;
  amount: number;
  share: number;
}

// GET /flows?q&from&until&limit=100&after=<cursor>&order=newest|oldest&columns=a,b   (format=json|csv|ndjson|parquet: exports stream)
export interface FlowsAnswer {
  q: string;
  window: Window;
  columns: Column[];
  rows: Cell[][];
  next: string | null;
  n_total: number | null;
  sql: string;
  command: string;
  cost: Cost;
}
export interface Column {
  name: string;
  type: "text" | "number" | "time" | "flag" | "list" | "map";
  unit: string | null;
  doc: string;
}
export type Cell = string | number | boolean | null | string[] | Record<string, string>; // times as RFC 3339

// GET /flows/related?... same 5-tuple and reverse of one row: parameters srcaddr,srcport,dstaddr,dstport,protocol,at (time; ± 1 h) -> FlowsAnswer

// GET /values?field&prefix&q&from&until&limit=20
export interface ValuesAnswer {
  field: string;
  values: FieldValue[];
  cost: Cost;
}
export interface FieldValue {
  value: string;
  label: string | null;
  n_flows: number;
}

// GET /filter?q : reads a filter.  Problem(code filter) on error.
export interface FilterAnswer {
  text: string;
  pills: Pill[] | null;
  swapped: string;
  sql: string;
}
//   pills: null if the filter is not a conjunction of terms (then only the text editor); joining pills' texts with " and " is the filter again.
export interface Pill {
  text: string;
  is_negated: boolean;
  field: string | null;
  operator: string;
  values: string[];
  opposite: string /* text of the same pill negated/un-negated */;
  label: string;
}
// GET /filter/complete?q&at=<char offset>&from&until
export interface CompleteAnswer {
  start: number;
  end: number;
  items: Completion[];
}
export interface Completion {
  insert: string;
  label: string;
  kind: "field" | "operator" | "value" | "keyword";
  doc: string | null;
  n_flows: number | null;
}

// GET /spikes?q&from&until&action=REJECT  : unusual amounts on the time line (against the usual of the same hour)
export interface SpikesAnswer {
  window: Window;
  spikes: Spike[];
  cost: Cost;
}
export interface Spike {
  window: Window;
  value: number;
  usual: number;
  why: string;
  q: string;
}

// GET /differences?q&from&until&inside_from&inside_until&limit=12 : fields ranked by how their shares differ inside and outside
export interface DifferencesAnswer {
  inside: Window;
  fields: DifferentField[];
  cost: Cost;
}
export interface DifferentField {
  field: string;
  score: number;
  rows: DifferentValue[];
} // score 0..1
export interface DifferentValue {
  value: string | number | null;
  inside: number;
  outside: number;
} // shares 0..1

// GET /entity/{kind}/{id}?from&until      kind: address|interface|instance|security-group|subnet|vpc|account|port|as|country
export interface Entity {
  kind: string;
  id: string;
  title: string;
  subtitle: string | null;
  is_known: boolean; // the inventory or the data knows it
  facts: EntityFact[]; // "Private address", "Instance", ...
  first_seen: string | null;
  last_seen: string | null; // in the window
  views: EntityView[]; // filters for the explore endpoints: "As client", "As server", "Rejected", "All"
  note: Note | null;
  related: EntityLink[];
  history: EntityState[]; // of the inventory: what it was and when
  cost: Cost;
}
export interface EntityFact {
  name: string;
  value: string;
  link: EntityLink | null;
}
export interface EntityLink {
  kind: string;
  id: string;
  label: string;
}
export interface EntityView {
  name: string;
  q: string;
  peer: string /* field of the other side */;
  port: string;
}
export interface EntityState {
  from: string | null;
  until: string | null;
  text: string;
}

// POST /sql {sql, rows_max?, confirm?}     (Accept / ?format=csv|ndjson|parquet streams)
export interface SqlAsk {
  sql: string;
  rows_max?: number;
  confirm?: boolean;
}
export interface SqlAnswer {
  columns: SqlColumn[];
  rows: Cell[][];
  n_rows: number;
  is_cut: boolean;
  message: string | null;
  plan: string | null;
  cost: Cost;
}
export interface SqlColumn {
  name: string;
  type: string;
}
// GET /schema
export interface SchemaAnswer {
  tables: SchemaTable[];
  fields: SchemaField[];
  functions: SchemaFunction[];
  dimensions: string[] /* names that `by`, facets accept */;
}
export interface SchemaTable {
  name: string;
  doc: string;
  columns: SqlColumn[];
}
export interface SchemaField {
  name: string;
  type: Column["type"];
  unit: string | null;
  doc: string;
  since: number | null;
  entity: string | null /* kind of entity page its values have */;
}
export interface SchemaFunction {
  name: string;
  signature: string;
  doc: string;
}

// GET /findings?from&until&severity
export interface FindingsAnswer {
  window: Window;
  findings: Finding[];
  cost: Cost;
}
export interface Finding {
  id: string;
  rule: string;
  severity: "info" | "low" | "medium" | "high" | "critical";
  title: string;
  summary: string;
  entity: EntityLink | null;
  q: string;
  window: Window;
  status: "open" | "suppressed" | "closed";
  is_sample: boolean;
}

// GET /advice?days=30&group=  -> 202 AdviceAnswer with state "working" while it is computed (poll, or event "advice")
export interface AdviceAnswer {
  state: "working" | "ready" | "unavailable";
  reason: string | null;
  progress: string | null;
  report: AdviceReport | null;
}
export interface AdviceReport {
  window: Window;
  made_at: string;
  groups: AdvisedGroup[];
  rules: AdvisedRule[];
  findings: AdviceCheck[];
  missing: MissingRule[];
  replay: ReplayResult | null;
  n_records: number;
  warnings: string[];
}
export interface AdvisedGroup {
  id: string;
  name: string;
  vpc_id: string | null;
  verdict: string;
  reason: string;
  n_members: number;
  n_rules: number;
}
export interface AdvisedRule {
  group_id: string;
  group_name: string;
  rule_id: string;
  way: "ingress" | "egress";
  protocol: string;
  ports: string;
  peer: string;
  description: string | null;
  verdict: string;
  confidence: string;
  n_connections: number;
  n_attempts: number;
  n_peers: number;
  first_use: string | null;
  last_use: string | null;
  coverage: number;
  note: string | null;
  q: string /* filter of what the rule admitted */;
  proposal: Proposal | null;
}
export interface Proposal {
  action: "remove" | "narrow" | "keep";
  reason: string;
  removed: string[];
  added: string[] /* rules in words, diff lines */;
}
export interface AdviceCheck {
  severity: string;
  group_id: string;
  rule_id: string | null;
  title: string;
  why: string;
}
export interface MissingRule {
  group_id: string;
  text: string;
  n_attempts: number;
  reason: string;
}
export interface ReplayResult {
  n_flows: number;
  n_blocked: number;
  n_not_asked: number;
  blocked: string[];
}
// GET /advice/emit?form=cli|rollback|terraform|cloudformation|markdown|plan&group=  -> text/plain

// GET /coverage
export interface CoverageAnswer {
  state: "ready" | "unavailable";
  reason: string | null;
  summary: CoverageSummary | null;
  resources: CoverageResource[];
  flow_logs: CoverageFlowLog[];
  inventory_at: string | null;
}
export interface CoverageSummary {
  n_interfaces: number;
  n_logged: number;
  n_reject_only: number;
  n_gaps: number;
  share_logged: number;
}
export interface CoverageResource {
  kind: "vpc" | "subnet" | "interface";
  id: string;
  name: string | null;
  parent: string | null;
  state: "logged" | "partly" | "rejects-only" | "accepts-only" | "not-logged" | "broken";
  why: string;
  flow_log_ids: string[];
  newest: string | null;
  n_interfaces: number;
}
export interface CoverageFlowLog {
  id: string;
  resource_id: string;
  destination: string;
  traffic: string;
  interval_s: number | null;
  fields: string[];
  missing_fields: string[];
  status: string;
  newest: string | null;
  findings: string[];
}
// GET /coverage/emit?form=cli|terraform|cloudformation -> text/plain

// GET /inventory/{kind}?at&q&limit  kind: interfaces|security-groups|subnets|vpcs|instances|prefix-lists|flow-logs|nat-gateways
export interface InventoryAnswer {
  kind: string;
  columns: SqlColumn[];
  rows: Cell[][];
  n_total: number;
}

// saved views   GET /views ; GET/PUT/DELETE /views/{name}
export interface SavedView {
  name: string;
  url: string /* "/explore?q=..." */;
  description: string | null;
  is_default: boolean;
  saved_at: string;
}
// notes          GET /notes ; PUT/DELETE /notes/{kind}/{id}
export interface Note {
  kind: string;
  id: string;
  text: string;
  tag: "known-scanner" | "allowed" | "watch" | "note";
  saved_at: string;
}

// GET /status
export interface Status {
  version: string;
  lake: string;
  now: string;
  role: "read" | "admin";
  is_token_needed: boolean;
  newest: string | null;
  oldest: string | null;
  n_rows: number;
  n_files: number;
  n_bytes: number;
  lake_version: number;
  sources: SourceHealth[];
  dead_letters: { n_objects: number; n_bytes: number };
  disk: { free_bytes: number; total_bytes: number } | null;
  inventory: { synced_at: string | null; n_facts: number };
  has_summaries: number /* share of rows that summaries cover, 0..1 */;
}
export interface SourceHealth {
  url: string;
  state: "idle" | "reading" | "failed";
  newest_record: string | null;
  lag_s: number | null;
  last_pass_at: string | null;
  n_objects: number;
  n_records: number;
  n_bad_lines: number;
  error: string | null;
}

// session: GET /session -> {role|null, is_token_needed}; POST /session {token} sets the cookie; DELETE /session
// Writes (POST/PUT/DELETE) need the header `x-tidegate: 1` and a same-origin Origin (if any).
// Queries: any GET above takes the header `x-query-id: <uuid>`; GET /queries/{id}/events streams progress by SSE:
//   event: progress  data: {n_files, n_files_done, n_rows, n_bytes, elapsed_ms}      DELETE /queries/{id} cancels; closing the request cancels too.
// GET /events  SSE: event "lake" {version,newest,n_rows} after each commit; "sources" SourceHealth[]; "advice" {state}
// GET /tail?q&columns  SSE: event "flows" {columns, rows, newest} for new records; comment lines as heartbeat.
// GET /openapi.json ; /metrics ; /healthz ; /readyz are outside /api/v1 (openapi at /api/openapi.json)
