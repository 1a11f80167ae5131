//! What is to be logged, how, and where to.

use std::fmt;

use tidegate_model::field::{self, Origin};
use tidegate_model::inventory::FlowLog;

use super::error::Error;
use super::loss;
use super::policy;

/// Which traffic is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// All of it.
    All,
    /// What was accepted.
    Accept,
    /// What was rejected.
    Reject,
}

impl Traffic {
    /// Returns AWS's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Accept => "ACCEPT",
            Self::Reject => "REJECT",
        }
    }

    /// Returns what a flow log logs, if it says so.
    #[must_use]
    pub fn of(log: &FlowLog) -> Option<Self> {
        [Self::All, Self::Accept, Self::Reject].into_iter().find(|it| it.name() == log.traffic_type)
    }

    /// Returns whether all of `wanted` is in it.
    #[must_use]
    pub fn sees(self, wanted: Self) -> bool {
        self == Self::All || self == wanted
    }

    /// Returns whether two flow logs that watch the same place log some record twice.
    #[must_use]
    pub fn is_shared_by(one: &FlowLog, other: &FlowLog) -> bool {
        match (Self::of(one), Self::of(other)) {
            (Some(one), Some(other)) => one.sees(other) || other.sees(one),
            _ => true,
        }
    }
}

/// How objects in S3 are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Files {
    /// Whether they are Parquet rather than text.
    pub is_parquet: bool,
    /// Whether keys are named as `year=2026/month=03/...`.
    pub is_hive: bool,
    /// Whether each hour has its own folder.
    pub is_hourly: bool,
}

/// Where records go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Objects in a bucket.
    S3 {
        /// Name of the bucket.
        bucket: String,
        /// What stands before `AWSLogs/`: empty, or ending in `/`.
        prefix: String,
        /// How they are written.
        files: Files,
    },
    /// A log group of `CloudWatch` Logs.
    CloudWatch {
        /// Its name.
        log_group: String,
        /// The role that writes; `None` if one is to be made.
        role_arn: Option<String>,
    },
    /// A stream of Firehose.
    Firehose {
        /// Its ARN.
        arn: String,
    },
}

impl Destination {
    /// Returns the destination that `place` names: `s3://bucket/prefix/`, the ARN of a bucket, a log
    /// group or a stream, or `cloudwatch:GROUP`.
    ///
    /// # Errors
    ///
    /// [`Error::Destination`] if it names none, or one that AWS would not take.
    pub fn parse(place: &str, files: Files, role_arn: Option<&str>) -> Result<Self, Error> {
        let wrong = |reason| Error::Destination { place: place.to_owned(), reason };
        let arn: Vec<&str> = place.splitn(6, ':').collect();
        if let Some(group) = place.strip_prefix("cloudwatch:") {
            return cloud_watch(group, role_arn).map_err(wrong);
        }
        if let Some(path) = place.strip_prefix("s3://") {
            return s3(path, files).map_err(wrong);
        }
        match arn[..] {
            ["arn", _, "s3", _, _, path] => s3(path, files).map_err(wrong),
            ["arn", _, "logs", _, _, rest] => {
                let group = rest.strip_prefix("log-group:").unwrap_or_default();
                cloud_watch(group.trim_end_matches(":*"), role_arn).map_err(wrong)
            }
            ["arn", _, "firehose", _, _, rest] if rest.starts_with("deliverystream/") => {
                Ok(Self::Firehose { arn: place.to_owned() })
            }
            _ => Err(wrong("it is no bucket, log group or stream")),
        }
    }

    /// Returns AWS's word for the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::S3 { .. } => "s3",
            Self::CloudWatch { .. } => "cloud-watch-logs",
            Self::Firehose { .. } => "kinesis-data-firehose",
        }
    }

    /// Returns the ARN, as flow logs of an account and region name it.
    #[must_use]
    pub fn arn(&self, account_id: &str, region: &str) -> String {
        let partition = policy::partition(region);
        match self {
            Self::S3 { bucket, prefix, .. } if prefix.is_empty() => {
                format!("arn:{partition}:s3:::{bucket}")
            }
            Self::S3 { bucket, prefix, .. } => format!("arn:{partition}:s3:::{bucket}/{prefix}"),
            Self::CloudWatch { log_group, .. } => {
                format!("arn:{partition}:logs:{region}:{account_id}:log-group:{log_group}")
            }
            Self::Firehose { arn } => arn.clone(),
        }
    }

    /// Returns whether a flow log delivers here, as far as its description tells.
    #[must_use]
    pub fn is_of(&self, log: &FlowLog) -> bool {
        let written = log.destination.trim_end_matches('/').trim_end_matches(":*");
        let is_kind = log.destination_type.is_empty() || log.destination_type == self.kind();
        is_kind
            && match self {
                Self::S3 { bucket, prefix, .. } => {
                    let path = format!("{bucket}/{prefix}");
                    written.rsplit(":::").next() == Some(path.trim_end_matches('/'))
                }
                Self::CloudWatch { log_group, .. } => {
                    let name = written.rsplit("log-group:").next();
                    name == Some(log_group.as_str())
                }
                Self::Firehose { arn } => written == arn,
            }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3 { bucket, prefix, .. } => write!(formatter, "s3://{bucket}/{prefix}"),
            Self::CloudWatch { log_group, .. } => write!(formatter, "log group {log_group}"),
            Self::Firehose { arn } => write!(formatter, "{arn}"),
        }
    }
}

fn s3(path: &str, files: Files) -> Result<Destination, &'static str> {
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    let is_name =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '.' | '-' | '_');
    if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(is_name) {
        return Err("its bucket's name is not one that AWS knows");
    }
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "!-_.*'()/=".contains(it);
    if !prefix.chars().all(is_plain) {
        return Err("its prefix has characters beyond letters, digits and `!-_.*'()/=`");
    }
    let prefix = prefix.trim_matches('/');
    // "Publish flow logs to Amazon S3": the word is reserved.
    if prefix.split('/').any(|it| it == "AWSLogs") {
        return Err("AWS adds `AWSLogs` itself: leave it out");
    }
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    Ok(Destination::S3 { bucket: bucket.to_owned(), prefix, files })
}

fn cloud_watch(group: &str, role_arn: Option<&str>) -> Result<Destination, &'static str> {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "_-/.#".contains(it);
    if group.is_empty() || group.len() > 512 || !group.chars().all(is_plain) {
        return Err("the name of a log group has 1 to 512 letters, digits and `_-/.#`");
    }
    Ok(Destination::CloudWatch {
        log_group: group.to_owned(),
        role_arn: role_arn.map(str::to_owned),
    })
}

/// What is to be logged, how, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Which traffic.
    pub traffic: Traffic,
    /// Where to.
    pub destination: Destination,
    /// Fields of a record, by their names.
    pub fields: Vec<String>,
    /// 60 or 600.
    pub interval_s: i32,
}

impl Wish {
    /// Returns the fields as AWS takes them: `${version} ...`.
    #[must_use]
    pub fn log_format(&self) -> String {
        loss::log_format(&self.fields.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Returns whether a flow log does what is wished for, whatever it watches. How objects in S3
    /// are written is not asked: the inventory does not have it.
    #[must_use]
    pub fn is_met_by(&self, log: &FlowLog) -> bool {
        log.traffic_type == self.traffic.name()
            && log.aggregation_interval_s == self.interval_s
            && loss::names(&log.log_format) == self.fields
            && self.destination.is_of(log)
    }
}

/// Returns the fields that `text` names: `recommended`, `default`, or `${version} ...`.
///
/// # Errors
///
/// [`Error::Field`] if one is not a field of VPC flow logs.
pub fn fields(text: &str) -> Result<Vec<String>, Error> {
    let names = match text {
        "recommended" => field::RECOMMENDED_FORMAT.to_vec(),
        "default" => field::DEFAULT_FORMAT.to_vec(),
        other => loss::names(other),
    };
    for name in &names {
        let found = field::find(name).map(|it| &field::FIELDS[it]);
        if found.is_none_or(|it| it.origin == Origin::TransitGateway || it.name != *name) {
            return Err(Error::Field { name: (*name).to_owned() });
        }
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: Files = Files { is_parquet: true, is_hive: false, is_hourly: true };

    fn check(place: &str) -> String {
        match Destination::parse(place, FILES, None) {
            Ok(destination) => format!("{} {destination}", destination.kind()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_destination_is_an_address_or_an_arn() {
        assert_eq!(check("s3://acme-logs"), "s3 s3://acme-logs/");
        assert_eq!(check("arn:aws:s3:::acme-logs/flow/"), "s3 s3://acme-logs/flow/");
        assert_eq!(check("cloudwatch:/vpc/flow"), "cloud-watch-logs log group /vpc/flow");
        let group = "arn:aws:logs:eu-west-1:111122223333:log-group:flow:*";
        assert_eq!(check(group), "cloud-watch-logs log group flow");
        let stream = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/flow";
        assert_eq!(check(stream), format!("kinesis-data-firehose {stream}"));
    }

    #[test]
    fn what_aws_would_not_take_is_refused_with_its_reason() {
        insta::assert_snapshot!(check("s3://Acme"), @"cannot deliver to `s3://Acme`: its bucket's name is not one that AWS knows");
        insta::assert_snapshot!(check("s3://acme-logs/AWSLogs/"), @"cannot deliver to `s3://acme-logs/AWSLogs/`: AWS adds `AWSLogs` itself: leave it out");
        insta::assert_snapshot!(check("cloudwatch:a b"), @"cannot deliver to `cloudwatch:a b`: the name of a log group has 1 to 512 letters, digits and `_-/.#`");
        insta::assert_snapshot!(check("./folder"), @"cannot deliver to `./folder`: it is no bucket, log group or stream");
        let error = fields("${version} ${colour}").unwrap_err();
        insta::assert_snapshot!(error, @"no VPC flow log has a field `colour`");
        assert!(fields("${tgw-id}").is_err());
        assert_eq!(fields("default").unwrap().len(), 14);
    }

    #[test]
    fn a_flow_log_meets_a_wish_however_aws_writes_its_destination() {
        let wish = |place| Wish {
            traffic: Traffic::All,
            destination: Destination::parse(place, FILES, None).unwrap(),
            fields: fields("default").unwrap(),
            interval_s: 600,
        };
        let log = |kind: &str, destination: &str| FlowLog {
            traffic_type: "ALL".to_owned(),
            destination_type: kind.to_owned(),
            destination: destination.to_owned(),
            aggregation_interval_s: 600,
            ..FlowLog::default()
        };
        assert!(wish("s3://acme-logs/flow").is_met_by(&log("s3", "arn:aws:s3:::acme-logs/flow/")));
        assert!(!wish("s3://acme-logs").is_met_by(&log("s3", "arn:aws:s3:::acme-logs/flow/")));
        let group = "arn:aws:logs:eu-west-1:111122223333:log-group:flow:*";
        assert!(wish("cloudwatch:flow").is_met_by(&log("cloud-watch-logs", group)));
        assert!(wish("cloudwatch:flow").is_met_by(&log("cloud-watch-logs", "flow")));
        let other =
            FlowLog { traffic_type: "REJECT".to_owned(), ..log("cloud-watch-logs", "flow") };
        assert!(!wish("cloudwatch:flow").is_met_by(&other));
    }
}
