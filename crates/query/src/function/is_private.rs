//! `is_private(address)`.

use std::sync::Arc;

use arrow::array::BooleanArray;
use arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};
use tidegate_model::private;

use crate::function::{FunctionDoc, address, text};

const NAME: &str = "is_private";

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "is_private(address text) -> boolean",
    doc: "Whether the address cannot be reached over the internet: private use (RFC 1918), shared \
          (RFC 6598, 100.64.0.0/10), loopback, link-local, multicast, and IPv6 unique local. NULL \
          if it is NULL or not an address.",
    example: "SELECT sum(bytes) FROM flows WHERE is_private(srcaddr) AND NOT is_private(dstaddr)",
};

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(IsPrivate { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct IsPrivate {
    signature: Signature,
}

impl ScalarUDFImpl for IsPrivate {
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
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        text::over_one(args, |array| {
            let is_private = |text: &str| address::parse(text).map(private::is_private);
            Ok(Arc::new(BooleanArray::from(text::map_text(array, is_private)?)))
        })
    }
}
