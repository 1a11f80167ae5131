//! What is asked for: size, time, format, place, seed.

use chrono::{Datelike, NaiveDate};
use tidegate_model::field::{self, FIELDS, Origin, RECOMMENDED_FORMAT};

use crate::error::Error;

/// The longest run: ten years.
pub const DAYS_MAX: u32 = 3_660;

/// The most records of one step (five or ten minutes), which bounds the memory of a run.
pub const RECORDS_PER_STEP_MAX: u64 = 1_000_000;

/// The most threads.
pub const THREADS_MAX: usize = 256;

/// The most changes of a security group in a day: with them, seconds without a change are still
/// easily found.
pub const GROUP_CHANGES_PER_DAY_MAX: u32 = 1_000;

/// The most changes of a security group in a run, a year of the most: every group's changes are
/// held in memory.
const GROUP_CHANGES_MAX: u64 = 366_000;

/// The first year that a world may begin in.
const YEAR_MIN: i32 = 2015;

/// The last year that a world may begin in.
const YEAR_MAX: i32 = 2200;

/// How the objects are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Space-separated text under a header line, gzip.
    Text,
    /// AWS's Parquet columns, gzip pages.
    Parquet,
}

/// How the tree of keys is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `AWSLogs/<account>/vpcflowlogs/<region>/yyyy/mm/dd/`.
    Plain,
    /// `AWSLogs/aws-account-id=<account>/aws-service=vpcflowlogs/...`.
    Hive,
}

/// What world to make. The same specification yields the same bytes, whatever `n_threads` is.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Where all chance comes from.
    pub seed: u64,
    /// Number of records of the whole run; the run lands on it within 2 %.
    pub n_records: u64,
    /// First day, UTC.
    pub start_date: NaiveDate,
    /// Number of days.
    pub days: u32,
    /// Field names in order, with `-` or `_`.
    pub format: Vec<String>,
    /// Encoding of the objects.
    pub file_format: FileFormat,
    /// Naming of the keys.
    pub layout: Layout,
    /// Whether each hour has its own folder (AWS: per-hour partitions).
    pub is_hourly: bool,
    /// What stands before `AWSLogs/` in each key: empty, or ending in `/`.
    pub prefix: String,
    /// Account that owns the network: 12 digits.
    pub account: String,
    /// Accounts that own the development VPC (first) and the data VPC (second), if not `account`.
    pub other_accounts: Vec<String>,
    /// AWS region, as `us-east-1`.
    pub region: String,
    /// Aggregation interval in seconds: 60 or 600.
    pub interval_s: u32,
    /// How many times a day each of some further security groups is attached to an interface or
    /// detached from one; 0 for a network without such groups, in which nothing changes.
    pub group_changes_per_day: u32,
    /// Whether the truth also tells of every record by itself: who opened the connection, which
    /// security groups both ends had, whether it counts.
    pub has_record_truth: bool,
    /// Number of threads that make objects.
    pub n_threads: usize,
}

impl Default for Spec {
    /// One day of a million records in the recommended format, gzip text, plain tree.
    fn default() -> Self {
        Self {
            seed: 1,
            n_records: 1_000_000,
            start_date: NaiveDate::from_ymd_opt(2026, 3, 2).unwrap_or_default(),
            days: 1,
            format: RECOMMENDED_FORMAT.iter().map(ToString::to_string).collect(),
            file_format: FileFormat::Text,
            layout: Layout::Plain,
            is_hourly: false,
            prefix: String::new(),
            account: "123456789012".to_owned(),
            other_accounts: Vec::new(),
            region: "us-east-1".to_owned(),
            interval_s: 60,
            group_changes_per_day: 0,
            has_record_truth: false,
            n_threads: 1,
        }
    }
}

impl Spec {
    /// Returns a world of 20,000 records in one day, for tests.
    #[must_use]
    pub fn small(seed: u64) -> Self {
        Self { seed, n_records: 20_000, ..Self::default() }
    }

    /// Returns the indexes of the format's fields in [`FIELDS`], or what is wrong with this
    /// specification.
    pub(crate) fn check(&self) -> Result<Vec<usize>, Error> {
        self.check_size()?;
        self.check_changes()?;
        self.check_place()?;
        self.check_format()
    }

    fn check_size(&self) -> Result<(), Error> {
        if !(1..=DAYS_MAX).contains(&self.days) {
            return Err(Error::spec("days", &self.days, "it must be from 1 to 3660"));
        }
        if !(YEAR_MIN..=YEAR_MAX).contains(&self.start_date.year()) {
            let reason = "its year must be from 2015 to 2200";
            return Err(Error::spec("start_date", &self.start_date, reason));
        }
        if self.interval_s != 60 && self.interval_s != 600 {
            return Err(Error::spec("interval_s", &self.interval_s, "AWS has 60 and 600"));
        }
        let n_steps = u64::from(self.days) * crate::step::n_per_day(self.interval_s);
        let n_max = n_steps * RECORDS_PER_STEP_MAX / 2;
        if self.n_records == 0 || self.n_records > n_max {
            let reason = format!("for {} days it must be from 1 to {n_max}", self.days);
            return Err(Error::spec("n_records", &self.n_records, &reason));
        }
        if !(1..=THREADS_MAX).contains(&self.n_threads) {
            return Err(Error::spec("n_threads", &self.n_threads, "it must be from 1 to 256"));
        }
        Ok(())
    }

    fn check_changes(&self) -> Result<(), Error> {
        let n = self.group_changes_per_day;
        if n > GROUP_CHANGES_PER_DAY_MAX {
            let reason = "it must be at most 1000";
            return Err(Error::spec("group_changes_per_day", &n, reason));
        }
        let n_max = GROUP_CHANGES_MAX / u64::from(self.days);
        if u64::from(n) > n_max {
            let reason = format!("for {} days it must be at most {n_max}", self.days);
            return Err(Error::spec("group_changes_per_day", &n, &reason));
        }
        Ok(())
    }

    fn check_place(&self) -> Result<(), Error> {
        let is_account = |it: &str| it.len() == 12 && it.bytes().all(|byte| byte.is_ascii_digit());
        for account in std::iter::once(&self.account).chain(&self.other_accounts) {
            if !is_account(account) {
                return Err(Error::spec("account", &account, "it must be 12 digits"));
            }
        }
        let is_word = |it: &str| {
            !it.is_empty()
                && it.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if self.region.split('-').count() < 3 || !self.region.split('-').all(is_word) {
            return Err(Error::spec("region", &self.region, "it must look like `us-east-1`"));
        }
        let is_prefix = |it: &str| {
            it.is_empty() || (it.ends_with('/') && !it.starts_with('/') && !it.contains("AWSLogs"))
        };
        if !is_prefix(&self.prefix) {
            let reason = "it must end in `/`, not begin with it, and not hold `AWSLogs`";
            return Err(Error::spec("prefix", &self.prefix, reason));
        }
        Ok(())
    }

    fn check_format(&self) -> Result<Vec<usize>, Error> {
        if self.format.is_empty() {
            return Err(Error::spec("format", &"", "it must name at least one field"));
        }
        let mut indexes = Vec::with_capacity(self.format.len());
        for name in &self.format {
            let index = field::find(name).filter(|it| FIELDS[*it].origin != Origin::TransitGateway);
            let Some(index) = index else {
                return Err(Error::spec("format", &name, "no VPC flow log has such a field"));
            };
            if indexes.contains(&index) {
                return Err(Error::spec("format", &name, "the field stands twice"));
            }
            indexes.push(index);
        }
        Ok(indexes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl Fn(&mut Spec)) -> String {
        let mut spec = Spec::small(1);
        change(&mut spec);
        match spec.check() {
            Ok(indexes) => format!("{} fields", indexes.len()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_recommended_format_begins_with_the_default_format() {
        assert_eq!(check(|_| ()), "30 fields");
        assert_eq!(&RECOMMENDED_FORMAT[..14], field::DEFAULT_FORMAT);
    }

    #[test]
    fn a_wrong_setting_is_refused_with_its_bounds() {
        let cases = [
            check(|it| it.days = 0),
            check(|it| it.n_records = 0),
            check(|it| it.n_records = u64::MAX),
            check(|it| it.interval_s = 300),
            check(|it| it.n_threads = 0),
            check(|it| it.group_changes_per_day = 1_001),
            check(|it| (it.days, it.group_changes_per_day) = (3_660, 101)),
            check(|it| it.account = "1234".into()),
            check(|it| it.region = "Frankfurt".into()),
            check(|it| it.prefix = "logs".into()),
            check(|it| it.format = vec!["bytes".into(), "bites".into()]),
            check(|it| it.format = vec!["bytes".into(), "tgw-id".into()]),
            check(|it| it.format = vec!["log-status".into(), "log_status".into()]),
            check(|it| it.format.clear()),
        ];
        insta::assert_snapshot!(cases.join("\n"), @"
        cannot make a world with days = `0`: it must be from 1 to 3660
        cannot make a world with n_records = `0`: for 1 days it must be from 1 to 144000000
        cannot make a world with n_records = `18446744073709551615`: for 1 days it must be from 1 to 144000000
        cannot make a world with interval_s = `300`: AWS has 60 and 600
        cannot make a world with n_threads = `0`: it must be from 1 to 256
        cannot make a world with group_changes_per_day = `1001`: it must be at most 1000
        cannot make a world with group_changes_per_day = `101`: for 3660 days it must be at most 100
        cannot make a world with account = `1234`: it must be 12 digits
        cannot make a world with region = `Frankfurt`: it must look like `us-east-1`
        cannot make a world with prefix = `logs`: it must end in `/`, not begin with it, and not hold `AWSLogs`
        cannot make a world with format = `bites`: no VPC flow log has such a field
        cannot make a world with format = `tgw-id`: no VPC flow log has such a field
        cannot make a world with format = `log_status`: the field stands twice
        cannot make a world with format = ``: it must name at least one field
        ");
    }
}
