//! `date_text(date)`: the column `dt` of the view `vpc_flow_logs`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, StringViewBuilder};
use arrow::datatypes::DataType;
use chrono::NaiveDate;
use datafusion::common::cast::as_date32_array;
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::interval_arithmetic::Interval;
use datafusion::logical_expr::preimage::PreimageResult;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use crate::function::{FunctionDoc, text};

const NAME: &str = "date_text";
const FORM: &str = "%Y-%m-%d";

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "date_text(date date) -> text",
    doc: "The date as `2024-04-19`. A comparison with a constant of that form leaves out files as \
          a comparison of the date itself would.",
    example: "SELECT date_text(date), count(*) FROM flows GROUP BY 1",
};

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(DateText { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DateText {
    signature: Signature,
}

impl ScalarUDFImpl for DateText {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [it] if it.is_temporal() || it.is_null() => Ok(vec![DataType::Date32]),
            [it] => plan_err!("{NAME} takes a date, got {it}"),
            _ => plan_err!("{NAME} takes 1 argument, got {}", types.len()),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        text::over_one(args, |array| Ok(texts(as_date32_array(array)?)))
    }

    /// `date_text(date) = '2024-04-19'` is `date >= 2024-04-19 AND date < 2024-04-20`: between
    /// texts of this form the order is that of the dates.
    fn preimage(
        &self,
        args: &[Expr],
        literal: &Expr,
        info: &SimplifyContext,
    ) -> Result<PreimageResult> {
        let text = literal.as_literal().and_then(|it| it.try_as_str().flatten());
        let ([date], Some(day)) = (args, text.and_then(parse)) else {
            return Ok(PreimageResult::None);
        };
        let Some(next) = day.succ_opt() else { return Ok(PreimageResult::None) };
        if info.get_data_type(date)? != DataType::Date32 {
            return Ok(PreimageResult::None);
        }
        let value = |day| ScalarValue::Date32(Some(days(day)));
        let interval = Box::new(Interval::try_new(value(day), value(next))?);
        Ok(PreimageResult::Range { expr: date.clone(), interval })
    }
}

/// Reads a date in exactly the form that the function writes.
fn parse(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, FORM).ok()?;
    (day.format(FORM).to_string() == text && text.len() == 10).then_some(day)
}

fn days(day: NaiveDate) -> i32 {
    crate::catalog::days(day)
}

/// Most columns of dates hold a few different ones, in runs.
fn texts(dates: &Date32Array) -> ArrayRef {
    let mut builder = StringViewBuilder::with_capacity(dates.len()).with_deduplicate_strings();
    let mut last: Option<(i32, String)> = None;
    for date in dates {
        let Some(date) = date else {
            builder.append_null();
            continue;
        };
        match &last {
            Some((seen, text)) if *seen == date => builder.append_value(text),
            _ => {
                let text = text_of(date);
                builder.append_value(&text);
                last = Some((date, text));
            }
        }
    }
    Arc::new(builder.finish())
}

fn text_of(date: i32) -> String {
    let day = NaiveDate::default().checked_add_signed(chrono::TimeDelta::days(date.into()));
    day.map_or_else(String::new, |it| it.format(FORM).to_string())
}
