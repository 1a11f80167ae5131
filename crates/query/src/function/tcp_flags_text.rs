//! `tcp_flags_text(tcp_flags)`.

use std::sync::Arc;

use arrow::array::StringViewArray;
use arrow::datatypes::DataType;
use datafusion::common::cast::as_int64_array;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use crate::function::{FunctionDoc, text};

const NAME: &str = "tcp_flags_text";

pub(crate) const DOC: FunctionDoc = FunctionDoc {
    name: NAME,
    signature: "tcp_flags_text(tcp_flags int) -> text",
    doc: "The flags by name, as `SYN|ACK` for 18; empty for 0, which AWS writes when no flag that \
          it reports was seen in the interval. Bits without a name stand as numbers.",
    example: "SELECT tcp_flags_text(tcp_flags) AS flags, count(*) FROM flows GROUP BY 1",
};

/// The flags in the order of RFC 9293, lowest bit last there, first in the number.
const FLAGS: &[(i64, &str)] = &[
    (2, "SYN"),
    (16, "ACK"),
    (1, "FIN"),
    (4, "RST"),
    (8, "PSH"),
    (32, "URG"),
    (64, "ECE"),
    (128, "CWR"),
];

pub(crate) fn udf() -> ScalarUDF {
    ScalarUDF::from(TcpFlagsText { signature: text::checked() })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct TcpFlagsText {
    signature: Signature,
}

impl ScalarUDFImpl for TcpFlagsText {
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
            let texts = as_int64_array(array)?.iter().map(|it| it.map(flags_text));
            Ok(Arc::new(texts.collect::<StringViewArray>()))
        })
    }
}

fn flags_text(flags: i64) -> String {
    let mut text = String::new();
    let mut rest = flags;
    for (bit, name) in FLAGS.iter().filter(|it| flags & it.0 != 0) {
        push(&mut text, name);
        rest &= !bit;
    }
    if rest != 0 {
        push(&mut text, &rest.to_string());
    }
    text
}

fn push(text: &mut String, part: &str) {
    if !text.is_empty() {
        text.push('|');
    }
    text.push_str(part);
}
