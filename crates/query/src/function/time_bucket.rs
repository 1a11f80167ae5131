//! `time_bucket(width, time)`.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, Int64Array, TimestampMicrosecondArray};
use arrow::compute::kernels::cast_utils::{
    IntervalParseConfig, IntervalUnit, parse_interval_month_day_nano_config,
};
use arrow::datatypes::{DataType, IntervalMonthDayNano, TimeUnit};
use datafusion::common::cast::{as_int64_array, as_timestamp_microsecond_array};
use datafusion::common::{ScalarValue, exec_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use crate::function::{FunctionDoc, text};

const NAME: &str = "time_bucket";

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "time_bucket(width interval or text, time timestamp) -> timestamp",
    doc: "The start of the interval of this width in which the time lies. Weeks start on Monday. \
          The width is a constant number of weeks, days, hours, minutes or seconds, as \
          `'5 minutes'`; for months and years use `date_trunc`. Whole seconds since the epoch, as \
          in `vpc_flow_logs`, give whole seconds.",
    example: "SELECT time_bucket('5 minutes', start) AS t, count(*) FROM flows GROUP BY 1 ORDER BY 1",
};

/// Monday, 3 January 2000, from which weeks are counted.
const ORIGIN_US: i64 = 946_857_600_000_000;
const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 86_400 * SECOND_US;

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(TimeBucket { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct TimeBucket {
    signature: Signature,
}

impl ScalarUDFImpl for TimeBucket {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let [width, time] = types else {
            return plan_err!("{NAME} takes 2 arguments, got {}", types.len());
        };
        let width = match width {
            DataType::Interval(_) | DataType::Duration(_) => {
                DataType::Interval(arrow::datatypes::IntervalUnit::MonthDayNano)
            }
            it if text::is_text(it) => DataType::Utf8View,
            it => return plan_err!("{NAME} takes an interval or text as its width, got {it}"),
        };
        let time = match time {
            DataType::Timestamp(_, zone) => {
                DataType::Timestamp(TimeUnit::Microsecond, zone.clone())
            }
            DataType::Date32 | DataType::Date64 | DataType::Null => {
                DataType::Timestamp(TimeUnit::Microsecond, None)
            }
            it if it.is_integer() => DataType::Int64,
            it => return plan_err!("{NAME} takes a timestamp, got {it}"),
        };
        Ok(vec![width, time])
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        let [_, time] = types else {
            return plan_err!("{NAME} takes 2 arguments, got {}", types.len());
        };
        Ok(time.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.as_slice() {
            [ColumnarValue::Scalar(width), ColumnarValue::Array(times)] => {
                Ok(ColumnarValue::Array(buckets(width_us(width)?, times)?))
            }
            [ColumnarValue::Scalar(width), ColumnarValue::Scalar(time)] => {
                text::scalar(&buckets(width_us(width)?, &time.to_array()?)?)
            }
            _ => exec_err!("{NAME} takes a constant as its width"),
        }
    }
}

/// Returns the width in microseconds; `None` for NULL.
fn width_us(width: &ScalarValue) -> Result<Option<i64>> {
    if width.is_null() {
        return Ok(None);
    }
    let parts = match width {
        ScalarValue::IntervalMonthDayNano(Some(parts)) => *parts,
        _ => parse(width.try_as_str().flatten().unwrap_or_default())?,
    };
    if parts.months != 0 {
        return exec_err!("{NAME} cannot count in months or years: use date_trunc");
    }
    let us = i64::from(parts.days)
        .checked_mul(DAY_US)
        .and_then(|it| it.checked_add(parts.nanoseconds / 1000));
    match us {
        Some(us) if us > 0 => Ok(Some(us)),
        _ => exec_err!("{NAME} needs a width of at least a microsecond, got {width}"),
    }
}

fn parse(width: &str) -> Result<IntervalMonthDayNano> {
    let config = IntervalParseConfig::new(IntervalUnit::Second);
    parse_interval_month_day_nano_config(width, config).or_else(|_| {
        exec_err!("{NAME} cannot read the width `{width}`: write it as '5 minutes' or '1 day'")
    })
}

fn buckets(width_us: Option<i64>, times: &ArrayRef) -> Result<ArrayRef> {
    let Some(width) = width_us else {
        return Ok(arrow::array::new_null_array(times.data_type(), times.len()));
    };
    if times.data_type() == &DataType::Int64 {
        if width % SECOND_US != 0 {
            return exec_err!("{NAME} over whole seconds needs a width of whole seconds");
        }
        let (width, origin) = (width / SECOND_US, ORIGIN_US / SECOND_US);
        let starts: Int64Array = as_int64_array(times)?.unary(|it| start(it, width, origin));
        return Ok(Arc::new(starts));
    }
    let times = as_timestamp_microsecond_array(times)?;
    let starts: TimestampMicrosecondArray = times.unary(|it| start(it, width, ORIGIN_US));
    let zone = times.timezone().map(Arc::from);
    Ok(Arc::new(starts.with_timezone_opt(zone)))
}

fn start(time: i64, width: i64, origin: i64) -> i64 {
    let since = time.saturating_sub(origin);
    since.div_euclid(width).saturating_mul(width).saturating_add(origin)
}
