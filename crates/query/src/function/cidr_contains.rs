//! `cidr_contains(cidr, address)`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray};
use arrow::datatypes::DataType;
use datafusion::common::cast::as_string_view_array;
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};
use tidegate_model::cidr::Cidr;

use crate::function::{FunctionDoc, address, text};

pub(crate) const NAME: &str = "cidr_contains";

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "cidr_contains(cidr text, address text) -> boolean",
    doc: "Whether the address lies in the block; IPv4 and IPv6. NULL if either is NULL or the \
          address is none; a block that stands in the query and is none is an error. False if they \
          are of different families. A lone address is a block \
          of one.",
    example: "SELECT count(*) FROM flows WHERE cidr_contains('10.0.0.0/8', srcaddr)",
};

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(CidrContains { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct CidrContains {
    signature: Signature,
}

/// Reads a block that stands in the query itself: there a mistake is an error, not a NULL.
fn constant(cidr: &ScalarValue) -> Result<Option<Cidr>> {
    let Some(text) = cidr.try_as_str().flatten() else { return Ok(None) };
    let Some(cidr) = Cidr::parse(text) else {
        return exec_err!("`{text}` is no block of addresses, as `10.0.0.0/8` or `2001:db8::/32`");
    };
    Ok(Some(cidr))
}

impl ScalarUDFImpl for CidrContains {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        text::all_text(NAME, types, 2)
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.as_slice() {
            [ColumnarValue::Scalar(cidr), ColumnarValue::Array(addresses)] => {
                let cidr = constant(cidr)?;
                Ok(ColumnarValue::Array(in_one(cidr, addresses)?))
            }
            [ColumnarValue::Scalar(cidr), ColumnarValue::Scalar(address)] => {
                let cidr = constant(cidr)?;
                text::scalar(&in_one(cidr, &address.to_array()?)?)
            }
            [cidrs, addresses] => {
                let cidrs = cidrs.to_array(args.number_rows)?;
                let addresses = addresses.to_array(args.number_rows)?;
                Ok(ColumnarValue::Array(in_each(&cidrs, &addresses)?))
            }
            _ => exec_err!("{NAME} takes 2 arguments"),
        }
    }
}

fn in_one(cidr: Option<Cidr>, addresses: &ArrayRef) -> Result<ArrayRef> {
    let contains = |text: &str| Some(cidr?.contains(address::parse(text)?));
    Ok(Arc::new(BooleanArray::from(text::map_text(addresses, contains)?)))
}

fn in_each(cidrs: &ArrayRef, addresses: &ArrayRef) -> Result<ArrayRef> {
    let cidrs = text::map_text(cidrs, Cidr::parse)?;
    let addresses = as_string_view_array(addresses)?;
    let contains = cidrs
        .into_iter()
        .zip(addresses)
        .map(|(cidr, address)| Some(cidr?.contains(address::parse(address?)?)));
    Ok(Arc::new(contains.collect::<BooleanArray>()))
}
