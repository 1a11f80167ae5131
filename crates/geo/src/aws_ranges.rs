//! AWS's own list of its ranges, `ip-ranges.json`: addresses to services and regions.
//!
//! The list names a range once for each service that uses it, and `AMAZON` for nearly all of them
//! ("AWS IP address ranges" in the VPC user guide). An address has the service of the most specific
//! range that holds it; of several services of the same range, one that is neither `AMAZON` nor
//! `EC2`, which say the least, and the first by the alphabet of those.

mod flatten;
mod list;

use std::net::IpAddr;

use bytes::Bytes;
use chrono::NaiveDate;
use hashbrown::HashMap;
use tidegate_model::cidr::Cidr;

use crate::Error;

use flatten::Segments;
use list::Entry;

/// Entries of the list that are read; it has some 10,000.
const ENTRIES_MAX: usize = 1_000_000;

/// Where in AWS an address is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AwsRange {
    /// As `S3`.
    pub service: String,
    /// As `eu-central-1`, or `GLOBAL`.
    pub region: String,
}

/// The ranges of AWS.
#[derive(Debug)]
pub struct AwsRanges {
    name: String,
    built: Option<NaiveDate>,
    n_skipped: u64,
    ranges: Vec<AwsRange>,
    v4: Segments<u32>,
    v6: Segments<u128>,
}

impl AwsRanges {
    /// Reads the list; `name` is what errors and descriptions call it. Entries that are no ranges
    /// are left out and counted.
    ///
    /// # Errors
    ///
    /// [`Error::NotAwsRanges`] if the text is no JSON, cut short or of another form,
    /// [`Error::NoAwsRanges`] if no entry is good, [`Error::TooMany`] beyond the limit.
    pub fn read(name: &str, text: &Bytes) -> Result<Self, Error> {
        let list = list::read(text)
            .map_err(|source| Error::NotAwsRanges { name: name.to_owned(), source })?;
        if list.entries.len() > ENTRIES_MAX {
            let name = name.to_owned();
            return Err(Error::TooMany { name, what: "entries", max: ENTRIES_MAX });
        }
        if list.entries.is_empty() {
            let name = name.to_owned();
            return Err(Error::NoAwsRanges { name, n_skipped: list.n_skipped });
        }
        let mut ranges = Vec::new();
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for (cidr, id) in best_of_each(list.entries, &mut ranges) {
            match cidr {
                Cidr::V4 { network, n_bits } => {
                    let rest = u32::MAX.checked_shr(n_bits).unwrap_or(0);
                    v4.push((network, network | rest, id));
                }
                Cidr::V6 { network, n_bits } => {
                    let rest = u128::MAX.checked_shr(n_bits).unwrap_or(0);
                    v6.push((network, network | rest, id));
                }
            }
        }
        Ok(Self {
            name: name.to_owned(),
            built: list.created,
            n_skipped: list.n_skipped,
            ranges,
            v4: Segments::of(v4),
            v6: Segments::of(v6),
        })
    }

    /// What the list is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The day on which AWS made the list, if it says so.
    #[must_use]
    pub fn built(&self) -> Option<NaiveDate> {
        self.built
    }

    /// Entries that were left out, since they are no ranges.
    #[must_use]
    pub fn n_skipped(&self) -> u64 {
        self.n_skipped
    }

    /// Every pair of a service and a region that an address can have.
    #[must_use]
    pub fn ranges(&self) -> &[AwsRange] {
        &self.ranges
    }

    /// Returns the index in [`AwsRanges::ranges`] of the range that holds `address`.
    #[must_use]
    pub fn locate(&self, address: IpAddr) -> Option<u32> {
        match address {
            IpAddr::V4(it) => self.v4.find(u32::from(it)),
            IpAddr::V6(it) => self.v6.find(u128::from(it)),
        }
    }

    /// Returns the service and region of `address`.
    #[must_use]
    pub fn look_up(&self, address: IpAddr) -> Option<&AwsRange> {
        self.ranges.get(self.locate(address)? as usize)
    }
}

/// Returns each block once, by address and then from wide to narrow, with the index of its pair.
fn best_of_each(mut entries: Vec<Entry>, ranges: &mut Vec<AwsRange>) -> Vec<(Cidr, u32)> {
    let vagueness = |service: &str| match service {
        "AMAZON" => 2,
        "EC2" => 1,
        _ => 0,
    };
    entries.sort_by(|one, next| {
        let one = (one.cidr, vagueness(&one.range.service), &one.range.service, &one.range.region);
        let next =
            (next.cidr, vagueness(&next.range.service), &next.range.service, &next.range.region);
        one.cmp(&next)
    });
    entries.dedup_by_key(|it| it.cidr);
    let mut ids: HashMap<AwsRange, u32> = HashMap::new();
    let mut id_of = |range: AwsRange| {
        let next = u32::try_from(ranges.len()).unwrap_or(u32::MAX);
        *ids.entry(range).or_insert_with_key(|it| {
            ranges.push(it.clone());
            next
        })
    };
    entries.into_iter().map(|it| (it.cidr, id_of(it.range))).collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    const LIST: &str = r#"{
        "syncToken": "1772409600",
        "createDate": "2026-03-02-00-00-00",
        "prefixes": [
            {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "AMAZON"},
            {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "S3"},
            {"ip_prefix": "3.5.140.0/22", "region": "ap-northeast-2", "service": "EC2"},
            {"ip_prefix": "3.5.0.0/16", "region": "GLOBAL", "service": "AMAZON"},
            {"ip_prefix": "3.5.141.0/24", "region": "eu-west-1", "service": "ROUTE53"}
        ],
        "ipv6_prefixes": [
            {"ipv6_prefix": "2600:1f18::/36", "region": "us-east-1", "service": "EC2"}
        ]
    }"#;

    fn read(text: &str) -> Result<AwsRanges, Error> {
        AwsRanges::read("ip-ranges", &Bytes::copy_from_slice(text.as_bytes()))
    }

    fn look_up(address: &str) -> String {
        match read(LIST).unwrap().look_up(address.parse().unwrap()) {
            Some(AwsRange { service, region }) => format!("{service} {region}"),
            None => "-".to_owned(),
        }
    }

    fn error(text: &str) -> String {
        let error = read(text).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", source.unwrap_or_default())
    }

    #[test]
    fn the_most_specific_range_says_the_most() {
        assert_snapshot!(look_up("3.5.140.7"), @"S3 ap-northeast-2");
        assert_snapshot!(look_up("3.5.141.7"), @"ROUTE53 eu-west-1");
        assert_snapshot!(look_up("3.5.142.0"), @"S3 ap-northeast-2");
        assert_snapshot!(look_up("3.5.144.0"), @"AMAZON GLOBAL");
        assert_snapshot!(look_up("3.6.0.0"), @"-");
        assert_snapshot!(look_up("2600:1f18::1"), @"EC2 us-east-1");
        assert_snapshot!(look_up("2600:1f19::1"), @"-");
        assert_eq!(read(LIST).unwrap().built(), NaiveDate::from_ymd_opt(2026, 3, 2));
    }

    #[test]
    fn a_bad_entry_does_not_stop_the_list() {
        let bad = [
            r#"{"ip_prefix": "3.5.0.0/99", "region": "GLOBAL", "service": "AMAZON"}"#,
            r#"{"ip_prefix": 5, "region": "GLOBAL", "service": "AMAZON"}"#,
            r#"{"region": "GLOBAL", "service": "AMAZON"}"#,
            r#"{"ip_prefix": "3.5.0.0/16", "region": "", "service": "AMAZON"}"#,
            "null",
        ];
        let list = LIST.replace("\"prefixes\": [", &format!("\"prefixes\": [{},", bad.join(",")));
        let ranges = read(&list).unwrap();
        assert_eq!(ranges.n_skipped(), 5);
        assert!(ranges.look_up("3.5.141.7".parse().unwrap()).is_some());
    }

    #[test]
    fn a_list_that_is_cut_short_is_an_error_with_its_place() {
        assert_snapshot!(error(&LIST[..400]), @"cannot read `ip-ranges` as AWS's ip-ranges.json: EOF while parsing a string at line 8 column 27");
        assert_snapshot!(error(""), @"cannot read `ip-ranges` as AWS's ip-ranges.json: EOF while parsing a value at line 1 column 0");
        assert_snapshot!(error("{}"), @"cannot read `ip-ranges` as AWS's ip-ranges.json: missing field `prefixes` at line 1 column 2");
        assert_snapshot!(error(r#"{"prefixes": [7]}"#), @"`ip-ranges` has no range of AWS in it: 1 entries were left out: ");
    }
}
