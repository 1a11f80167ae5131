//! Functions that make more of their arguments than these are, under a limit.
//!
//! The memory of the engine counts rows that wait for others; what a function makes of one batch of
//! rows is nobody's. `repeat('x', 1500000000)` is such a batch. So the functions that can do this
//! are wrapped: what one would make is estimated before it is called. `||` becomes such a function,
//! too.
//!
//! Aggregates over a window that hold all they have seen are not answered: each row would have a
//! copy of what is in the rows before it.

mod growth;

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, StringViewBuilder};
use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::cast::as_string_view_array;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, plan_err};
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry as _;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::expr_rewriter::FunctionRewrite;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable as _, Operator, ReturnFieldArgs,
    ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use crate::Error;
use crate::function::text;
use growth::Growth;

/// The largest values that one batch of rows may have of a function, together.
const VALUES_OF_BATCH: u64 = 64;

/// Aggregates that hold all they have seen.
const HOARDERS: [&str; 2] = ["array_agg", "string_agg"];

/// Puts the functions of a session under a limit: bytes of a value that one makes.
pub(crate) fn limit(state: &mut SessionState, bytes_max: u64) -> Result<()> {
    for (name, growth) in growth::FUNCTIONS {
        // A function that this engine does not have need not be limited.
        if let Ok(inner) = state.udf(name) {
            state.register_udf(Arc::new(capped(inner, *growth, bytes_max)))?;
        }
    }
    state.register_function_rewrite(Arc::new(Rewrite { bytes_max }))
}

fn capped(inner: Arc<ScalarUDF>, growth: Growth, bytes_max: u64) -> ScalarUDF {
    ScalarUDF::from(Capped { inner, growth, bytes_max })
}

/// A function under a limit.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Capped {
    inner: Arc<ScalarUDF>,
    growth: Growth,
    bytes_max: u64,
}

impl ScalarUDFImpl for Capped {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        self.inner.schema_name(args)
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let made = self.growth.made(self.name(), &args)?;
        let batch_bytes_max = self.bytes_max.saturating_mul(VALUES_OF_BATCH);
        if made.n_bytes_most > self.bytes_max {
            return Err(self.refusal("value", made.n_bytes_most, self.bytes_max).into());
        }
        if made.n_bytes > batch_bytes_max {
            return Err(self.refusal("batch of rows", made.n_bytes, batch_bytes_max).into());
        }
        self.inner.invoke_with_args(args)
    }
}

impl Capped {
    fn refusal(&self, what: &str, n_bytes: u64, bytes_max: u64) -> Error {
        let name = self.inner.name();
        let message =
            format!("`{name}` could make a {what} of {n_bytes} bytes: {bytes_max} may be");
        Error::sql(message, Some("ask for shorter values, or for fewer of them".to_owned()))
    }
}

/// Puts what the planner itself makes of signs as `[a, b]` and `a || b` under the limit.
#[derive(Debug)]
struct Rewrite {
    bytes_max: u64,
}

impl FunctionRewrite for Rewrite {
    fn name(&self) -> &'static str {
        "limit_functions"
    }

    fn rewrite(
        &self,
        expr: Expr,
        schema: &DFSchema,
        _config: &ConfigOptions,
    ) -> Result<Transformed<Expr>> {
        match expr {
            Expr::ScalarFunction(mut call) if !call.func.inner().is::<Capped>() => {
                let Some(growth) = growth::of(call.func.name()) else {
                    return Ok(Transformed::no(Expr::ScalarFunction(call)));
                };
                call.func = Arc::new(capped(call.func, growth, self.bytes_max));
                Ok(Transformed::yes(Expr::ScalarFunction(call)))
            }
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::StringConcat, right })
                if makes_text(&left, &right, schema) =>
            {
                let join = Arc::new(ScalarUDF::from(Join { signature: text::checked() }));
                let join = capped(join, Growth::Sum, self.bytes_max);
                Ok(Transformed::yes(join.call(vec![*left, *right])))
            }
            Expr::WindowFunction(window) if HOARDERS.contains(&window.fun.name()) => {
                plan_err!("{} over a window is not answered here", window.fun.name())
            }
            other => Ok(Transformed::no(other)),
        }
    }
}

/// Whether one of two expressions gives text, and the other that, too, or what becomes text beside
/// it.
fn makes_text(left: &Expr, right: &Expr, schema: &DFSchema) -> bool {
    let (Ok(left), Ok(right)) = (left.get_type(schema), right.get_type(schema)) else {
        return false;
    };
    let can_be = |it: &DataType| text::is_text(it) || it.is_numeric();
    (text::is_text(&left) || text::is_text(&right)) && can_be(&left) && can_be(&right)
}

/// `a || b`, as a function: NULL if one of them is.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Join {
    signature: Signature,
}

impl ScalarUDFImpl for Join {
    fn name(&self) -> &'static str {
        "||"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(vec![DataType::Utf8View; types.len()])
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_one = args.args.iter().all(|it| matches!(it, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [left, right] = arrays.as_slice() else { return plan_err!("`||` joins two texts") };
        let joined = join(left, right)?;
        if is_one { text::scalar(&joined) } else { Ok(ColumnarValue::Array(joined)) }
    }
}

fn join(left: &ArrayRef, right: &ArrayRef) -> Result<ArrayRef> {
    let (left, right) = (as_string_view_array(left)?, as_string_view_array(right)?);
    let mut joined = StringViewBuilder::with_capacity(left.len());
    let mut both = String::new();
    for (left, right) in left.iter().zip(right) {
        let (Some(left), Some(right)) = (left, right) else {
            joined.append_null();
            continue;
        };
        both.clear();
        both.push_str(left);
        both.push_str(right);
        joined.append_value(&both);
    }
    Ok(Arc::new(joined.finish()))
}
