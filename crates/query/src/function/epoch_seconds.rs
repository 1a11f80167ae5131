//! `epoch_seconds(time)`: the times of the view `vpc_flow_logs`.

use std::sync::Arc;

use arrow::array::Int64Array;
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::cast::as_timestamp_microsecond_array;
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::interval_arithmetic::Interval;
use datafusion::logical_expr::preimage::PreimageResult;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use crate::function::{FunctionDoc, text};

const NAME: &str = "epoch_seconds";
const SECOND_US: i64 = 1_000_000;

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "epoch_seconds(time timestamp) -> bigint",
    doc: "Whole seconds since the Unix epoch, rounded down. A comparison with a constant leaves \
          out files as a comparison of the time itself would.",
    example: "SELECT epoch_seconds(start) FROM flows LIMIT 1",
};

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(EpochSeconds { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct EpochSeconds {
    signature: Signature,
}

fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

impl ScalarUDFImpl for EpochSeconds {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [it] if it.is_temporal() || it.is_null() => Ok(vec![time_type()]),
            [it] => plan_err!("{NAME} takes a timestamp, got {it}"),
            _ => plan_err!("{NAME} takes 1 argument, got {}", types.len()),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        text::over_one(args, |array| {
            let times = as_timestamp_microsecond_array(array)?;
            let seconds: Int64Array = times.unary(|it| it.div_euclid(SECOND_US));
            Ok(Arc::new(seconds))
        })
    }

    /// `epoch_seconds(time) = 5` is `time >= 5 s AND time < 6 s`.
    fn preimage(
        &self,
        args: &[Expr],
        literal: &Expr,
        info: &SimplifyContext,
    ) -> Result<PreimageResult> {
        let ([time], Some(ScalarValue::Int64(Some(second)))) = (args, literal.as_literal()) else {
            return Ok(PreimageResult::None);
        };
        let bounds =
            second.checked_mul(SECOND_US).zip((second.saturating_add(1)).checked_mul(SECOND_US));
        let Some((lower, upper)) = bounds else { return Ok(PreimageResult::None) };
        if info.get_data_type(time)? != time_type() {
            return Ok(PreimageResult::None);
        }
        let value = |us| ScalarValue::TimestampMicrosecond(Some(us), Some("UTC".into()));
        let interval = Box::new(Interval::try_new(value(lower), value(upper))?);
        Ok(PreimageResult::Range { expr: time.clone(), interval })
    }
}
