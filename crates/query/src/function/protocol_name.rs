//! `protocol_name(protocol)`.

use arrow::datatypes::DataType;
use datafusion::common::cast::as_int64_array;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};
use tidegate_model::names;

use crate::function::{FunctionDoc, text};

const NAME: &str = "protocol_name";

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "protocol_name(protocol int) -> text",
    doc: "The IANA keyword of a protocol number in lower case, as `tcp`; NULL if it has none here.",
    example: "SELECT protocol_name(protocol) AS name, sum(bytes) FROM flows GROUP BY 1",
};

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(ProtocolName { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ProtocolName {
    signature: Signature,
}

impl ScalarUDFImpl for ProtocolName {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        text::all_ints(NAME, types, (1, 1))
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        text::over_one(args, |array| {
            let numbers = as_int64_array(array)?;
            Ok(text::texts(numbers.iter().map(|it| names::protocol(it?))))
        })
    }
}
