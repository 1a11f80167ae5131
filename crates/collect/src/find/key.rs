//! What the name of an object tells: account, region, service, time.
//!
//! AWS's trees ("Publish flow logs to Amazon S3", "Amazon S3 log file path"), plain and hive, with
//! and without the hour, behind any prefix, with or without an organization:
//!
//! ```text
//! AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/..._20180620T1620Z_fe123456.log.gz
//! AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2018/...
//! ```

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

/// What a name, or the beginning of one, tells. What it does not tell is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Whether the name lies in a tree of AWS's.
    pub is_aws: bool,
    /// Account that owns the flow log.
    pub account: Option<String>,
    /// Service that wrote it, as `vpcflowlogs`.
    pub service: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Day, or the first day that is left open by a name which ends at the year or the month.
    pub from: Option<NaiveDateTime>,
    /// End of the span that the name allows.
    pub until: Option<NaiveDateTime>,
}

/// Records may end this long after the time in their object's name.
const NEWER_THAN_NAME: TimeDelta = TimeDelta::minutes(15);

/// Records may be this much older than the time in their object's name: delivery is best effort.
const OLDER_THAN_NAME: TimeDelta = TimeDelta::days(1);

/// What is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Accounts; all if empty.
    pub accounts: Vec<String>,
    /// Regions; all if empty.
    pub regions: Vec<String>,
    /// Begin of the window.
    pub from: Option<NaiveDateTime>,
    /// End of the window, itself not in it.
    pub until: Option<NaiveDateTime>,
}

impl Wanted {
    /// Returns whether everything is wanted.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.accounts.is_empty()
            && self.regions.is_empty()
            && self.from.is_none()
            && self.until.is_none()
    }

    /// Returns whether an object of this name, or below it, may be wanted.
    #[must_use]
    pub fn may_hold(&self, key: &Key) -> bool {
        let is_listed = |list: &[String], value: &Option<String>| {
            list.is_empty() || value.as_ref().is_none_or(|it| list.contains(it))
        };
        let is_flow_log = key.service.as_deref().is_none_or(|it| it == "vpcflowlogs");
        let is_too_old = matches!((self.from, key.until), (Some(from), Some(until))
            if until + NEWER_THAN_NAME < from);
        let is_too_new = matches!((self.until, key.from), (Some(until), Some(from))
            if from - OLDER_THAN_NAME >= until);
        is_flow_log
            && is_listed(&self.accounts, &key.account)
            && is_listed(&self.regions, &key.region)
            && !is_too_old
            && !is_too_new
    }
}

/// Returns the id of the flow log that published the object, if its name tells.
#[must_use]
pub fn flow_log_id(name: &str) -> Option<&str> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let is_id = |it: &&str| it.strip_prefix("fl-").is_some_and(|it| !it.is_empty());
    file.split('_').skip(1).find(is_id)
}

impl Key {
    /// Reads a whole name, or the beginning of one that ends with `/`.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        let mut key = Self::default();
        let mut parts = name.split('/');
        if !parts.by_ref().any(|it| it == "AWSLogs") {
            key.read_file_name(name);
            return key;
        }
        key.is_aws = true;
        let mut numbers: Vec<u32> = Vec::new();
        for part in parts {
            key.read_folder(part, &mut numbers);
        }
        key.set_span(&numbers);
        key.read_file_name(name);
        key
    }

    fn read_folder(&mut self, part: &str, numbers: &mut Vec<u32>) {
        let (name, value) = part.split_once('=').unwrap_or(("", part));
        match name {
            "aws-account-id" => self.account = Some(value.to_owned()),
            "aws-service" => self.service = Some(value.to_owned()),
            "aws-region" => self.region = Some(value.to_owned()),
            "year" | "month" | "day" | "hour" => numbers.extend(value.parse::<u32>().ok()),
            "" if value.is_empty() || value.starts_with("o-") => {}
            "" if self.account.is_none() => {
                let is_account = value.len() == 12 && value.bytes().all(|it| it.is_ascii_digit());
                self.account = is_account.then(|| value.to_owned());
            }
            "" if self.service.is_none() => self.service = Some(value.to_owned()),
            "" if self.region.is_none() => self.region = Some(value.to_owned()),
            "" if value.len() <= 4 => numbers.extend(value.parse::<u32>().ok()),
            _ => {}
        }
    }

    fn set_span(&mut self, numbers: &[u32]) {
        let year = numbers.first().and_then(|it| i32::try_from(*it).ok());
        let Some(year) = year else { return };
        let month = numbers.get(1).copied();
        let day = numbers.get(2).copied();
        let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1));
        let Some(first) = first else { return };
        let next = match (month, day) {
            (Some(_), Some(_)) => first.succ_opt(),
            (Some(_), None) => first.checked_add_months(chrono::Months::new(1)),
            _ => first.checked_add_months(chrono::Months::new(12)),
        };
        let midnight = |it: NaiveDate| it.and_time(chrono::NaiveTime::MIN);
        self.from = Some(midnight(first));
        self.until = next.map(midnight);
        if let (Some(hour), Some(from)) = (numbers.get(3), self.from) {
            let from = from + TimeDelta::hours(i64::from(*hour));
            self.from = Some(from);
            self.until = Some(from + TimeDelta::hours(1));
        }
    }

    /// Reads `123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz`.
    fn read_file_name(&mut self, name: &str) {
        let file = name.rsplit('/').next().unwrap_or(name);
        let parts: Vec<&str> = file.split('_').collect();
        let [account, service, region, _, time, _] = parts[..] else { return };
        if service != "vpcflowlogs" || account.len() != 12 {
            return;
        }
        let Ok(time) = NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%MZ") else { return };
        self.account = Some(account.to_owned());
        self.service = Some(service.to_owned());
        self.region = Some(region.to_owned());
        self.from = Some(time);
        self.until = Some(time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str) -> String {
        let key = Key::parse(name);
        let text = |it: Option<String>| it.unwrap_or_else(|| "?".to_owned());
        let time = |it: Option<NaiveDateTime>| text(it.map(|it| it.format("%FT%R").to_string()));
        format!(
            "{} {} {} {} {}",
            text(key.account),
            text(key.service),
            text(key.region),
            time(key.from),
            time(key.until)
        )
    }

    #[test]
    fn names_tell_account_service_region_and_time() {
        let file = "123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz";
        let at = "123456789012 vpcflowlogs us-east-1 2018-06-20T16:20 2018-06-20T16:20";
        assert_eq!(check(file), at);
        let plain = "p/AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/";
        assert_eq!(check(&format!("{plain}{file}")), at);
        let day = "123456789012 vpcflowlogs us-east-1 2018-06-20T00:00 2018-06-21T00:00";
        assert_eq!(check(plain), day);
        assert_eq!(check(&plain.replace("AWSLogs/", "AWSLogs/o-ab12/")), day);
        let hive = "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/\
            aws-region=us-east-1/year=2018/month=06/day=20/hour=16/";
        let hour = "123456789012 vpcflowlogs us-east-1 2018-06-20T16:00 2018-06-20T17:00";
        assert_eq!(check(hive), hour);
        let year = "AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/";
        let span = "123456789012 vpcflowlogs us-east-1 2018-01-01T00:00 2019-01-01T00:00";
        assert_eq!(check(year), span);
        assert_eq!(check("AWSLogs/123456789012/CloudTrail/"), "123456789012 CloudTrail ? ? ?");
        assert_eq!(check("some/file.gz"), "? ? ? ? ?");
    }

    #[test]
    fn a_name_tells_its_flow_log() {
        let check = |name: &str, expected: Option<&str>| assert_eq!(flow_log_id(name), expected);
        let file = "1_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz";
        check(file, Some("fl-1234abcd"));
        check(&format!("s3://b/fl-x/{file}"), Some("fl-1234abcd"));
        check("s3://b/fl-x/a_b.log", None);
        check("fl-1.log", None);
    }

    #[test]
    fn what_cannot_match_is_not_wanted() {
        let time = |it: &str| NaiveDateTime::parse_from_str(it, "%Y-%m-%dT%H:%M").ok();
        let wanted = Wanted {
            accounts: vec!["123456789012".to_owned()],
            regions: vec!["us-east-1".to_owned()],
            from: time("2018-06-20T12:00"),
            until: time("2018-06-21T00:00"),
        };
        let check = |name: &str, expected: bool| {
            assert_eq!(wanted.may_hold(&Key::parse(name)), expected, "{name}");
        };
        check("AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/", true);
        check("AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/21/", true);
        check("AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/22/", false);
        check("AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/19/", false);
        check("AWSLogs/123456789012/vpcflowlogs/us-east-1/2017/", false);
        check("AWSLogs/123456789012/vpcflowlogs/eu-west-1/", false);
        check("AWSLogs/210987654321/", false);
        check("AWSLogs/123456789012/CloudTrail/us-east-1/", false);
        check("x/y.gz", true);
    }
}
