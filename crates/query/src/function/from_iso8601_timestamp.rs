//! `from_iso8601_timestamp(text)`, by which Athena queries name moments.

use std::sync::Arc;

use arrow::array::{Array as _, StringViewArray, TimestampMicrosecondArray};
use arrow::compute::kernels::cast_utils::string_to_datetime;
use arrow::datatypes::{DataType, TimeUnit};
use chrono::Utc;
use datafusion::common::cast::as_string_view_array;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use crate::function::{FunctionDoc, text};

const NAME: &str = "from_iso8601_timestamp";

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "from_iso8601_timestamp(text) -> timestamp",
    doc: "The moment that the text names, as `2024-04-19T10:00:00Z`; UTC if it names no zone. An \
          error if it is not a moment.",
    example: "SELECT count(*) FROM flows WHERE \"end\" >= from_iso8601_timestamp('2024-04-19T10:00:00Z')",
};

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(FromIso8601Timestamp { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct FromIso8601Timestamp {
    signature: Signature,
}

impl ScalarUDFImpl for FromIso8601Timestamp {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        text::all_text(NAME, types, 1)
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        text::over_one(args, |array| {
            let times = moments(as_string_view_array(array)?)?;
            Ok(Arc::new(times.with_timezone("UTC")))
        })
    }
}

fn moments(texts: &StringViewArray) -> Result<TimestampMicrosecondArray> {
    let mut moments = TimestampMicrosecondArray::builder(texts.len());
    for text in texts {
        match text {
            Some(text) => {
                moments.append_value(string_to_datetime(&Utc, text)?.timestamp_micros());
            }
            None => moments.append_null(),
        }
    }
    Ok(moments.finish())
}
