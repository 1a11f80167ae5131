//! `ip_family(address)`.

use std::net::IpAddr;
use std::sync::Arc;

use arrow::array::Int32Array;
use arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use crate::function::{FunctionDoc, address, text};

const NAME: &str = "ip_family";

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "ip_family(address text) -> int",
    doc: "4 or 6; NULL if it is NULL or not an address.",
    example: "SELECT ip_family(srcaddr) AS family, count(*) FROM flows GROUP BY 1",
};

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(IpFamily { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct IpFamily {
    signature: Signature,
}

impl ScalarUDFImpl for IpFamily {
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
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        text::over_one(args, |array| {
            let families = text::map_text(array, |it| address::parse(it).map(family))?;
            Ok(Arc::new(Int32Array::from(families)))
        })
    }
}

fn family(address: IpAddr) -> i32 {
    match address {
        IpAddr::V4(_) => 4,
        IpAddr::V6(_) => 6,
    }
}
