//! `service_name(port [, protocol])`.

use arrow::datatypes::DataType;
use datafusion::common::cast::as_int64_array;
use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};
use tidegate_model::names;

use crate::function::{FunctionDoc, text};

const NAME: &str = "service_name";

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "service_name(port int [, protocol int]) -> text",
    doc: "The usual service of a port, as `https`; of TCP if no protocol is given, else of that \
          protocol (6 TCP, 17 UDP). NULL if no service is usual there. A name is a guess by \
          custom: what listens may be something else.",
    example: "SELECT service_name(dstport, protocol) AS service, count(*) FROM flows GROUP BY 1",
};

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(ServiceName { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ServiceName {
    signature: Signature,
}

impl ScalarUDFImpl for ServiceName {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        text::all_ints(NAME, types, (1, 2))
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_constant = args.args.iter().all(|it| matches!(it, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let names = match arrays.as_slice() {
            [ports] => {
                text::texts(as_int64_array(ports)?.iter().map(|it| names::service(it?, names::TCP)))
            }
            [ports, protocols] => {
                let protocols = as_int64_array(protocols)?.iter();
                let both = as_int64_array(ports)?.iter().zip(protocols);
                text::texts(both.map(|(port, protocol)| names::service(port?, protocol?)))
            }
            _ => return exec_err!("{NAME} takes 1 or 2 arguments"),
        };
        if is_constant { text::scalar(&names) } else { Ok(ColumnarValue::Array(names)) }
    }
}
