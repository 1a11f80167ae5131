//! A plan as text, with one line on how much of the lake it reads.

use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use datafusion::physical_plan::metrics::{Metric, MetricValue, MetricsSet};

use crate::scope::Scope;

/// Returns the plan, and what it reads.
pub(crate) fn text(plan: &dyn ExecutionPlan, scope: &Scope, is_analyze: bool) -> String {
    let display = if is_analyze {
        DisplayableExecutionPlan::with_metrics(plan)
    } else {
        DisplayableExecutionPlan::new(plan)
    };
    let mut text = display.indent(false).to_string();
    let (n_files, n_kept) = scope.files();
    if n_files > 0 {
        text = format!("{text}files: {n_kept} of {n_files} read\n");
    }
    if is_analyze {
        let mut totals = Totals::of(plan);
        let skipped = scope.skipped();
        totals.n_row_groups += skipped.n_by_statistics + skipped.n_by_bloom;
        totals.n_by_statistics += skipped.n_by_statistics;
        totals.n_by_bloom += skipped.n_by_bloom;
        if totals.n_row_groups > 0 {
            text.push_str(&totals.to_string());
        }
    }
    text
}

/// What the scans of a plan read and left out, together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "all of them are counts")]
pub(crate) struct Totals {
    /// Row groups of the files that were opened.
    pub(crate) n_row_groups: usize,
    /// Row groups left out by their smallest and largest values.
    pub(crate) n_by_statistics: usize,
    /// Row groups left out by bloom filters.
    pub(crate) n_by_bloom: usize,
    /// Row groups left out for any other reason, as a limit that was met before.
    pub(crate) n_otherwise: usize,
    /// Pages left out in the row groups that were read.
    pub(crate) n_pages_pruned: usize,
    /// Pages looked at.
    pub(crate) n_pages: usize,
    /// Bytes read.
    pub(crate) n_bytes: usize,
    /// Rows read from files, those that a filter left out among them.
    pub(crate) n_rows: usize,
}

impl Totals {
    pub(crate) fn of(plan: &dyn ExecutionPlan) -> Self {
        let mut totals = Self::default();
        totals.add(plan);
        totals
    }

    fn add(&mut self, plan: &dyn ExecutionPlan) {
        let metrics = plan.metrics();
        for metric in metrics.iter().flat_map(MetricsSet::iter) {
            self.add_metric(metric);
        }
        if plan.children().is_empty() {
            self.n_rows += metrics.and_then(|it| it.output_rows()).unwrap_or_default();
        }
        for child in plan.children() {
            self.add(child.as_ref());
        }
    }

    fn add_metric(&mut self, metric: &Metric) {
        match metric.value() {
            MetricValue::PruningMetrics { name, pruning_metrics } => {
                let (pruned, matched) = (pruning_metrics.pruned(), pruning_metrics.matched());
                match name.as_ref() {
                    "row_groups_pruned_statistics" => {
                        self.n_row_groups += pruned + matched;
                        self.n_by_statistics += pruned;
                    }
                    "row_groups_pruned_bloom_filter" => self.n_by_bloom += pruned,
                    "limit_pruned_row_groups" => self.n_otherwise += pruned,
                    "page_index_pages_pruned" => {
                        self.n_pages_pruned += pruned;
                        self.n_pages += pruned + matched;
                    }
                    _ => {}
                }
            }
            MetricValue::Count { name, count } => match name.as_ref() {
                "row_groups_pruned_dynamic_filter" => self.n_otherwise += count.value(),
                "bytes_scanned" => self.n_bytes += count.value(),
                "pushdown_rows_pruned" => self.n_rows += count.value(),
                _ => {}
            },
            _ => {}
        }
    }

    /// Returns how many row groups were read.
    pub(crate) fn n_read(&self) -> usize {
        let n_pruned = self.n_by_statistics + self.n_by_bloom + self.n_otherwise;
        self.n_row_groups.saturating_sub(n_pruned)
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (n_read, n_all) = (self.n_read(), self.n_row_groups);
        let (by_bloom, by_statistics) = (self.n_by_bloom, self.n_by_statistics);
        write!(f, "row groups: {n_read} of {n_all} read (")?;
        write!(f, "bloom {by_bloom}, statistics {by_statistics}, limit {})", self.n_otherwise)?;
        if self.n_pages > 0 {
            let n_pages_read = self.n_pages - self.n_pages_pruned;
            write!(f, "\npages: {n_pages_read} of {} read", self.n_pages)?;
        }
        writeln!(f, "\nbytes: {} read", self.n_bytes)
    }
}
