//! Joins that pause now and then.
//!
//! A join may make billions of rows of a few that were read, and whoever adds them up asks for the next
//! without a pause. Where nothing pauses, nothing can be stopped: a statement that nobody waits for any
//! more would keep its threads. So each join hands its rows over through what pauses between some.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::unnest::UnnestExec;

/// Makes what can make many rows of few pause between them.
#[derive(Debug)]
pub(crate) struct Yielding;

impl PhysicalOptimizerRule for Yielding {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| {
            Ok(if multiplies(plan.as_ref()) {
                Transformed::yes(Arc::new(CooperativeExec::new(plan)) as Arc<dyn ExecutionPlan>)
            } else {
                Transformed::no(plan)
            })
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "yielding"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Whether a plan can make many rows of few.
fn multiplies(plan: &dyn ExecutionPlan) -> bool {
    plan.children().len() > 1 || plan.is::<UnnestExec>()
}
