//! What a plan would cost, from what the lake knows of the same interfaces.
//!
//! A guess with its assumptions beside it, never a bill.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_model::field::{self, Kind};

use super::arrival::Arrival;
use super::ground::{Ground, PlaceKind};
use super::plan::Plan;
use super::wish::{Destination, Traffic, Wish};

/// US dollars per GB of vended logs, first 10 TB of a month, US East (N. Virginia): the table "Vended
/// Logs" of the page "Amazon `CloudWatch` Pricing", as others cite it (2025); other regions cost up to
/// half as much again. A guess is told with [`PRICES`], so that nobody takes it for a bill.
pub const USD_PER_GB_S3: f64 = 0.25;
/// The same, delivered to `CloudWatch` Logs.
pub const USD_PER_GB_CLOUD_WATCH: f64 = 0.50;
/// The same, delivered to Firehose, whose own price comes on top.
pub const USD_PER_GB_FIREHOSE: f64 = 0.25;
/// What is added for the conversion to Parquet, same page.
pub const USD_PER_GB_PARQUET: f64 = 0.035;
/// Where the prices are from, and of when.
pub const PRICES: &str = "list prices of US East (N. Virginia) as known in 2025, the first 10 TB of a \
    month, without storage: see the page of prices of Amazon CloudWatch";

/// Bytes of a GB, as AWS bills it.
const GB: f64 = 1_073_741_824.0;

/// Days of a month.
const MONTH_DAYS: f64 = 30.0;

/// What a plan would cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Records of a month.
    pub records_per_month: f64,
    /// Bytes of a month, as text, which is what AWS bills.
    pub bytes_per_month: f64,
    /// US dollars of a month.
    pub usd_per_month: f64,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// What the lake knows of volumes.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// What arrived in the window.
    pub arrivals: &'a [Arrival],
    /// Days of the window that have records.
    pub window_days: f64,
}

/// Returns what the flow logs that a plan makes would cost; `None` if the lake knows nothing that
/// could tell.
#[must_use]
pub fn estimate(plan: &Plan, ground: &Ground<'_>, known: &Known<'_>) -> Option<Estimate> {
    let rates = rates(known, plan.wish.traffic);
    if rates.is_empty() || known.window_days <= 0.0 {
        return None;
    }
    let interfaces = interfaces(plan, ground);
    let n_known = interfaces.iter().filter(|it| rates.contains_key(*it)).count();
    let of_known: f64 = interfaces.iter().filter_map(|it| rates.get(it)).sum();
    let mean = rates.values().sum::<f64>() / number(rates.len());
    let n_unknown = interfaces.len() - n_known;
    let records_per_month = (of_known + mean * number(n_unknown)) * MONTH_DAYS;
    let bytes_per_month = records_per_month * bytes_per_record(&plan.wish);
    let usd_per_month = bytes_per_month / GB * usd_per_gb(&plan.wish.destination);
    let mut assumptions = vec![format!(
        "{n_known} of {} interfaces as in the last {:.1} days of the lake",
        interfaces.len(),
        known.window_days,
    )];
    if n_unknown > 0 {
        assumptions.push(format!("{n_unknown} unknown ones like the mean of the known"));
    }
    assumptions.push(format!("{:.0} bytes a record", bytes_per_record(&plan.wish)));
    if plan.wish.interval_s == 60 {
        assumptions
            .push("records every 60 s; if what is known is of 600 s, up to 10 times".to_owned());
    }
    assumptions.push(PRICES.to_owned());
    Some(Estimate { records_per_month, bytes_per_month, usd_per_month, assumptions })
}

/// Returns the records of a day by interface. What several flow logs say of one interface is the
/// same traffic.
fn rates<'a>(known: &Known<'a>, traffic: Traffic) -> BTreeMap<&'a str, f64> {
    let mut rates: BTreeMap<&str, f64> = BTreeMap::new();
    for arrival in known.arrivals {
        let n_records = match traffic {
            Traffic::All => arrival.n_records,
            Traffic::Accept => arrival.n_records.saturating_sub(arrival.n_rejected),
            Traffic::Reject => arrival.n_rejected,
        };
        let rate = real(n_records + arrival.n_nodata) / known.window_days;
        let most = rates.entry(&arrival.interface_id).or_default();
        *most = most.max(rate);
    }
    rates
}

/// Returns the interfaces that flow logs of the plan would watch.
fn interfaces<'a>(plan: &Plan, ground: &'a Ground<'_>) -> Vec<&'a str> {
    let ids: BTreeSet<&str> =
        plan.creates.iter().flat_map(|it| &it.place_ids).map(String::as_str).collect();
    let is_watched = |id: &String| ids.contains(id.as_str());
    let interfaces = ground.places.iter().filter(|it| it.kind == PlaceKind::Interface);
    let watched = interfaces
        .filter(|it| is_watched(&it.id) || is_watched(&it.subnet_id) || is_watched(&it.vpc_id));
    watched.map(|it| it.id.as_str()).collect()
}

/// Returns the bytes of a record as text. The means by kind are those of records of a synthetic
/// world, which come out within 6 % for the default and the recommended format.
fn bytes_per_record(wish: &Wish) -> f64 {
    let kinds =
        wish.fields.iter().filter_map(|it| field::find(it)).map(|it| field::FIELDS[it].kind);
    kinds.map(bytes_of).sum()
}

/// Returns the mean bytes of a value and the blank after it.
fn bytes_of(kind: Kind) -> f64 {
    match kind {
        Kind::Int32 => 4.0,
        Kind::Int64 => 5.0,
        Kind::Text => 9.0,
        Kind::Time => 11.0,
        Kind::Address | Kind::Tag => 12.0,
    }
}

fn usd_per_gb(destination: &Destination) -> f64 {
    match destination {
        Destination::S3 { files, .. } if files.is_parquet => USD_PER_GB_S3 + USD_PER_GB_PARQUET,
        Destination::S3 { .. } => USD_PER_GB_S3,
        Destination::CloudWatch { .. } => USD_PER_GB_CLOUD_WATCH,
        Destination::Firehose { .. } => USD_PER_GB_FIREHOSE,
    }
}

fn number(n: usize) -> f64 {
    real(n as u64)
}

#[expect(clippy::cast_precision_loss, reason = "an estimate needs no more than 15 digits")]
fn real(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use tidegate_model::inventory::{Fact, Interface, Inventory, Validity};

    use super::*;
    use crate::flow_logs::ground::Place;
    use crate::flow_logs::plan::{Request, plan};
    use crate::flow_logs::wish::{Files, fields};

    fn interface(id: &str) -> Fact<Interface> {
        let value = Interface {
            id: id.to_owned(),
            vpc_id: "vpc-1".to_owned(),
            region: "eu-west-1".to_owned(),
            ..Interface::default()
        };
        let validity = Validity { from_us: 0, until_us: i64::MAX };
        Fact { validity, source: String::new(), value }
    }

    fn check(traffic: Traffic, arrivals: &[Arrival]) -> String {
        let interfaces = vec![interface("eni-1"), interface("eni-2")];
        let inventory = Inventory { interfaces, ..Inventory::default() };
        let ground = Ground::new(&inventory, 1);
        let files = Files { is_parquet: true, is_hive: false, is_hourly: false };
        let wish = Wish {
            traffic,
            destination: Destination::parse("s3://acme-logs", files, None).unwrap(),
            fields: fields("recommended").unwrap(),
            interval_s: 600,
        };
        let places: Vec<&Place> =
            ground.places.iter().filter(|it| it.kind == PlaceKind::Vpc).collect();
        let request =
            Request { places: &places, wish: &wish, flow_logs: &[], account_id: "", region: "" };
        let known = Known { arrivals, window_days: 2.0 };
        let Some(estimate) = estimate(&plan(&request).unwrap(), &ground, &known) else {
            return "nothing tells".to_owned();
        };
        format!(
            "{:.0} records, {:.0} bytes, {:.2} USD: {}",
            estimate.records_per_month,
            estimate.bytes_per_month,
            estimate.usd_per_month,
            estimate.assumptions.join("; "),
        )
    }

    #[test]
    fn volumes_follow_what_the_lake_knows_and_unknown_interfaces_are_like_the_mean() {
        let arrival = |flow_log_id: &str| Arrival {
            interface_id: "eni-1".to_owned(),
            flow_log_id: flow_log_id.to_owned(),
            n_records: 2_000_000,
            n_rejected: 200_000,
            ..Arrival::default()
        };
        insta::assert_snapshot!(check(Traffic::All, &[arrival("fl-1"), arrival("fl-2")]), @"60000000 records, 14880000000 bytes, 3.95 USD: 1 of 2 interfaces as in the last 2.0 days of the lake; 1 unknown ones like the mean of the known; 248 bytes a record; list prices of US East (N. Virginia) as known in 2025, the first 10 TB of a month, without storage: see the page of prices of Amazon CloudWatch");
        insta::assert_snapshot!(check(Traffic::Reject, &[arrival("fl-1")]), @"6000000 records, 1488000000 bytes, 0.39 USD: 1 of 2 interfaces as in the last 2.0 days of the lake; 1 unknown ones like the mean of the known; 248 bytes a record; list prices of US East (N. Virginia) as known in 2025, the first 10 TB of a month, without storage: see the page of prices of Amazon CloudWatch");
        assert_eq!(check(Traffic::All, &[]), "nothing tells");
    }

    #[test]
    fn the_bytes_of_a_record_are_near_what_was_measured() {
        let wish = |text: &str| Wish {
            traffic: Traffic::All,
            destination: Destination::CloudWatch { log_group: "a".to_owned(), role_arn: None },
            fields: fields(text).unwrap(),
            interval_s: 60,
        };
        // Lines of 50,000 records each of a synthetic world: 111.6 and 237.2 bytes.
        let ratios = [
            bytes_per_record(&wish("default")) / 111.6,
            bytes_per_record(&wish("recommended")) / 237.2,
        ];
        assert!(ratios.iter().all(|it| (0.94..1.06).contains(it)), "{ratios:?}");
    }
}
