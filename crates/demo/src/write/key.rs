//! The names of objects, as AWS makes them.

use chrono::DateTime;

use crate::dice::mix;
use crate::{FileFormat, Layout, Spec};

/// Whose object it is, and of which time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    /// Account that owns the flow log.
    pub account: &'a str,
    /// Id of the flow log.
    pub flow_log_id: &'a str,
    /// First second of the five minutes that the records end in.
    pub from: u64,
    /// Number of the object, if there are several of the same time.
    pub part: u64,
}

/// Returns the key of an object.
pub(crate) fn key(spec: &Spec, name: Name<'_>) -> String {
    let Name { account, flow_log_id, from, part } = name;
    let time = DateTime::from_timestamp(from.cast_signed(), 0).unwrap_or_default();
    let region = &spec.region;
    let prefix = &spec.prefix;
    let folder = match spec.layout {
        Layout::Plain => {
            format!("{prefix}AWSLogs/{account}/vpcflowlogs/{region}/{}/", time.format("%Y/%m/%d"))
        }
        Layout::Hive => format!(
            "{prefix}AWSLogs/aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}/{}/",
            time.format("year=%Y/month=%m/day=%d")
        ),
    };
    let hour = match (spec.is_hourly, spec.layout) {
        (false, _) => String::new(),
        (true, Layout::Plain) => time.format("%H/").to_string(),
        (true, Layout::Hive) => time.format("hour=%H/").to_string(),
    };
    let flow_log = flow_log_id.bytes().fold(spec.seed, |hash, byte| mix(hash ^ u64::from(byte)));
    let hash = mix(flow_log ^ from.rotate_left(20) ^ part) >> 32;
    let end = match spec.file_format {
        FileFormat::Text => "log.gz",
        FileFormat::Parquet => "log.parquet",
    };
    let stamp = time.format("%Y%m%dT%H%MZ");
    let file = format!("{account}_vpcflowlogs_{region}_{flow_log_id}_{stamp}_{hash:08x}.{end}");
    format!("{folder}{hour}{file}")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn check(layout: Layout, is_hourly: bool, file_format: FileFormat) -> String {
        let spec = Spec { file_format, layout, is_hourly, ..Spec::small(1) };
        let name = Name {
            account: "123456789012",
            flow_log_id: "fl-0123456789abcdef0",
            from: 1_772_442_900,
            part: 0,
        };
        key(&spec, name)
    }

    #[test]
    fn a_key_has_the_form_that_aws_gives_it() {
        let plain = check(Layout::Plain, false, FileFormat::Text);
        assert_snapshot!(plain, @"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/03/02/123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20260302T0915Z_a7f38bf2.log.gz");
        let hourly = check(Layout::Plain, true, FileFormat::Parquet);
        assert_snapshot!(hourly, @"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/03/02/09/123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20260302T0915Z_a7f38bf2.log.parquet");
        let hive = check(Layout::Hive, true, FileFormat::Text);
        assert_snapshot!(hive, @"AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=03/day=02/hour=09/123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20260302T0915Z_a7f38bf2.log.gz");
    }
}
