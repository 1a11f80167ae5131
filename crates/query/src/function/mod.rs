//! The functions that we add to SQL: one file each, with its documentation and its test.
//!
//! To add one: a file with `DOC` and `udf()`, and a line in `all`.

mod address;
pub(crate) mod capped;
pub(crate) mod cidr_contains;
pub(crate) mod date_text;
pub(crate) mod epoch_seconds;
mod from_iso8601_timestamp;
mod ip_family;
mod is_private;
mod protocol_name;
mod service_name;
mod tcp_flags_text;
mod text;
mod time_bucket;

use datafusion::logical_expr::ScalarUDF;

/// What the reference page says of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionDoc {
    /// Name.
    pub name: &'static str,
    /// Name with arguments and result.
    pub signature: &'static str,
    /// What it returns.
    pub doc: &'static str,
    /// A call that works.
    pub example: &'static str,
}

/// The table function over raw logs.
const FLOW_LOGS: FunctionDoc = FunctionDoc {
    name: "flow_logs",
    signature: "flow_logs(location text [, log_format text]) -> table",
    doc: "The records of raw flow logs, read in place and not stored: a file, a folder, a glob or \
          `s3://bucket/prefix`, in any form that `tidegate collect` reads. The columns are those \
          of `flows`. `log_format` names the fields of logs without a header.",
    example: "SELECT count(*) FROM flow_logs('logs/**/*.log.gz')",
};

/// Returns what there is to know about every function that we add.
#[must_use]
pub fn function_docs() -> Vec<FunctionDoc> {
    let scalar = all().into_iter().map(|it| it.0);
    scalar.chain([FLOW_LOGS]).collect()
}

/// Returns every scalar function with its documentation, by name.
pub(crate) fn all() -> Vec<(FunctionDoc, ScalarUDF)> {
    vec![
        (cidr_contains::DOC, cidr_contains::udf()),
        (date_text::DOC, date_text::udf()),
        (epoch_seconds::DOC, epoch_seconds::udf()),
        (from_iso8601_timestamp::DOC, from_iso8601_timestamp::udf()),
        (ip_family::DOC, ip_family::udf()),
        (is_private::DOC, is_private::udf()),
        (protocol_name::DOC, protocol_name::udf()),
        (service_name::DOC, service_name::udf()),
        (tcp_flags_text::DOC, tcp_flags_text::udf()),
        (time_bucket::DOC, time_bucket::udf()),
    ]
}

#[cfg(test)]
mod tests;
