//! The form of `ip-ranges.json`.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use tidegate_model::cidr::Cidr;

use super::AwsRange;

/// The good entries of the list.
pub(super) struct List {
    pub(super) created: Option<NaiveDate>,
    pub(super) entries: Vec<Entry>,
    pub(super) n_skipped: u64,
}

/// A range that a service uses.
pub(super) struct Entry {
    pub(super) cidr: Cidr,
    pub(super) range: AwsRange,
}

/// The whole text. Entries are looked at one by one, so that a bad one does not stop the others.
#[derive(Deserialize)]
struct Text {
    #[serde(rename = "createDate")]
    create_date: Option<String>,
    prefixes: Vec<Value>,
    #[serde(default)]
    ipv6_prefixes: Vec<Value>,
}

pub(super) fn read(text: &[u8]) -> Result<List, serde_json::Error> {
    let text: Text = serde_json::from_slice(text)?;
    let mut list =
        List { created: day(text.create_date.as_deref()), entries: vec![], n_skipped: 0 };
    for value in text.prefixes.iter().chain(&text.ipv6_prefixes) {
        match entry(value) {
            Some(entry) => list.entries.push(entry),
            None => list.n_skipped += 1,
        }
    }
    Ok(list)
}

fn entry(value: &Value) -> Option<Entry> {
    let text = |key: &str| value.get(key)?.as_str().filter(|it| !it.is_empty());
    let cidr = Cidr::parse(text("ip_prefix").or_else(|| text("ipv6_prefix"))?)?;
    let (service, region) = (text("service")?.to_owned(), text("region")?.to_owned());
    Some(Entry { cidr, range: AwsRange { service, region } })
}

/// Reads the day of `2026-03-02-00-00-00`.
fn day(create_date: Option<&str>) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(create_date?.get(..10)?, "%Y-%m-%d").ok()
}
