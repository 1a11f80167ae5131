//! What is to be done so that places are logged as wished for: nothing where they are already.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_model::inventory::FlowLog;

use super::error::Error;
use super::ground::{Place, PlaceKind};
use super::policy::{self, Permission};
use super::wish::{Destination, Traffic, Wish};

/// The tag of what was made by a plan, and may be removed by one.
pub const TAG: (&str, &str) = ("managed-by", "tidegate");

/// Places of one request (`CreateFlowLogs` in the EC2 API Reference).
const PLACES_MAX: usize = 300;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The places to log.
    pub places: &'a [&'a Place],
    /// How, and where to.
    pub wish: &'a Wish,
    /// The flow logs that there are.
    pub flow_logs: &'a [FlowLog],
    /// The account of places of which nothing tells it; empty if nobody knows.
    pub account_id: &'a str,
    /// The region of places of which nothing tells it; empty if nobody knows.
    pub region: &'a str,
}

/// A call of `CreateFlowLogs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// The region to call.
    pub region: String,
    /// The kind of all places.
    pub kind: PlaceKind,
    /// The places.
    pub place_ids: Vec<String>,
}

/// A place that is logged as wished for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The place.
    pub place_id: String,
    /// The flow log.
    pub flow_log_id: String,
}

/// What is to be done, in order: permissions, then flow logs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How it is to be logged.
    pub wish: Wish,
    /// The account in which everything happens; empty if nobody knows.
    pub account_id: String,
    /// The regions of the places.
    pub regions: Vec<String>,
    /// Who must be allowed what, so that AWS can deliver.
    pub permissions: Vec<Permission>,
    /// Flow logs to make.
    pub creates: Vec<Create>,
    /// Places where nothing is to be done.
    pub kept: Vec<Kept>,
    /// What a person should know before they say yes.
    pub notes: Vec<String>,
}

impl Plan {
    /// Returns how many flow logs it makes.
    #[must_use]
    pub fn n_creates(&self) -> usize {
        self.creates.iter().map(|it| it.place_ids.len()).sum()
    }
}

/// Returns what is to be done.
///
/// # Errors
///
/// [`Error::Accounts`] if the places are of several accounts, [`Error::Place`] if the region of one
/// is not known.
pub fn plan(request: &Request<'_>) -> Result<Plan, Error> {
    let mut plan = Plan {
        wish: request.wish.clone(),
        account_id: account_of(request)?,
        regions: Vec::new(),
        permissions: Vec::new(),
        creates: Vec::new(),
        kept: Vec::new(),
        notes: Vec::new(),
    };
    let mut wanted: BTreeMap<(String, PlaceKind), Vec<String>> = BTreeMap::new();
    let mut regions = BTreeSet::new();
    for place in request.places {
        let region = region_of(place, request.region)?;
        regions.insert(region.clone());
        let own = || request.flow_logs.iter().filter(|it| it.resource_id == place.id);
        if let Some(log) = own().find(|it| request.wish.is_met_by(it)) {
            let (place_id, flow_log_id) = (place.id.clone(), log.id.clone());
            plan.kept.push(Kept { place_id, flow_log_id });
            continue;
        }
        wanted.entry((region, place.kind)).or_default().push(place.id.clone());
        plan.notes.extend(own().filter_map(|it| overlap(place, it, request.wish.traffic)));
    }
    plan.regions = regions.into_iter().collect();
    for ((region, kind), place_ids) in wanted {
        for place_ids in place_ids.chunks(PLACES_MAX) {
            let (region, place_ids) = (region.clone(), place_ids.to_vec());
            plan.creates.push(Create { region, kind, place_ids });
        }
    }
    plan.permissions = policy::permissions(request.wish, &plan.account_id, &plan.regions);
    plan.notes.extend(notes(request.wish));
    Ok(plan)
}

/// What a removal takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    /// Flow logs to delete, with what they watch.
    pub deletes: Vec<Kept>,
    /// What was asked for and is left, and why.
    pub left: Vec<String>,
}

/// Returns which of the flow logs may be deleted: those that carry our tag and were asked for, by
/// their ids or those of what they watch; all of ours if nothing was asked for.
#[must_use]
pub fn removal(flow_logs: &[FlowLog], wanted: &[String]) -> Removal {
    let mut removal = Removal::default();
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for log in flow_logs {
        let asked = wanted.iter().filter(|it| **it == log.id || **it == log.resource_id);
        let n_found = found.len();
        found.extend(asked.map(String::as_str));
        let is_asked = found.len() > n_found || wanted.contains(&log.resource_id);
        let is_ours = log.tags.get(TAG.0).is_some_and(|it| it == TAG.1);
        if is_ours && (is_asked || wanted.is_empty()) {
            let (place_id, flow_log_id) = (log.resource_id.clone(), log.id.clone());
            removal.deletes.push(Kept { place_id, flow_log_id });
        } else if is_asked {
            removal.left.push(format!(
                "`{}` of `{}` has no tag {}={}: whoever made it should delete it",
                log.id, log.resource_id, TAG.0, TAG.1,
            ));
        }
    }
    let lost = wanted.iter().filter(|it| !found.contains(it.as_str()));
    removal.left.extend(lost.map(|it| format!("`{it}` has no flow log")));
    removal
}

fn account_of(request: &Request<'_>) -> Result<String, Error> {
    let accounts = request.places.iter().map(|it| it.account_id.as_str());
    let accounts: BTreeSet<&str> = accounts.filter(|it| !it.is_empty()).collect();
    if accounts.len() > 1 {
        let account_ids = accounts.into_iter().map(str::to_owned).collect();
        return Err(Error::Accounts { account_ids });
    }
    Ok(accounts.first().copied().unwrap_or(request.account_id).to_owned())
}

fn region_of(place: &Place, region: &str) -> Result<String, Error> {
    let regions = [place.region.as_str(), region];
    let region = regions.into_iter().find(|it| !it.is_empty());
    region.map(str::to_owned).ok_or_else(|| Error::Place {
        id: place.id.clone(),
        reason: "nothing tells its region: `--region REGION`".to_owned(),
    })
}

/// Returns what to say of a flow log that logs some of the same.
fn overlap(place: &Place, log: &FlowLog, traffic: Traffic) -> Option<String> {
    let wanted = FlowLog { traffic_type: traffic.name().to_owned(), ..FlowLog::default() };
    Traffic::is_shared_by(log, &wanted).then(|| {
        format!(
            "`{}` is watched by `{}` already ({}, every {} s, to {}): both are paid for; a flow log \
             cannot be changed, so delete that one when this one delivers",
            place.id, log.id, log.traffic_type, log.aggregation_interval_s, log.destination,
        )
    })
}

fn notes(wish: &Wish) -> Vec<String> {
    let mut notes = Vec::new();
    match wish.traffic {
        Traffic::All => {}
        Traffic::Reject => notes.push(
            "only what is rejected will be logged: enough for CIS, but no rule can be proved to be \
             used"
                .to_owned(),
        ),
        Traffic::Accept => notes.push(
            "only what is accepted will be logged: CIS and Security Hub want the rejected".to_owned(),
        ),
    }
    match &wish.destination {
        Destination::S3 { .. } => {}
        Destination::CloudWatch { log_group, .. } => notes.push(format!(
            "the log group `{log_group}` keeps everything for ever unless it has a retention"
        )),
        Destination::Firehose { .. } => notes.push(
            "the stream must take direct puts and carry the tag LogDeliveryEnabled=true, which AWS \
             sets if the caller may firehose:TagDeliveryStream"
                .to_owned(),
        ),
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow_logs::wish::{Files, fields};

    fn place(id: &str, account_id: &str, region: &str) -> Place {
        Place {
            kind: PlaceKind::of_id(id).unwrap(),
            id: id.to_owned(),
            name: String::new(),
            vpc_id: String::new(),
            subnet_id: String::new(),
            account_id: account_id.to_owned(),
            region: region.to_owned(),
            is_in_use: false,
            is_default: false,
        }
    }

    fn wish() -> Wish {
        let files = Files { is_parquet: false, is_hive: false, is_hourly: false };
        Wish {
            traffic: Traffic::All,
            destination: Destination::parse("s3://acme-logs", files, None).unwrap(),
            fields: fields("recommended").unwrap(),
            interval_s: 60,
        }
    }

    fn log(id: &str, resource_id: &str) -> FlowLog {
        FlowLog {
            id: id.to_owned(),
            resource_id: resource_id.to_owned(),
            traffic_type: "ALL".to_owned(),
            destination_type: "s3".to_owned(),
            destination: "arn:aws:s3:::acme-logs".to_owned(),
            log_format: wish().log_format(),
            aggregation_interval_s: 60,
            ..FlowLog::default()
        }
    }

    fn check(places: &[Place], flow_logs: &[FlowLog], region: &str) -> String {
        let places: Vec<&Place> = places.iter().collect();
        match plan(&Request { places: &places, wish: &wish(), flow_logs, account_id: "", region }) {
            Ok(plan) => {
                let creates = plan.creates.iter().map(|it| {
                    format!("make {} {:?} {}", it.region, it.kind, it.place_ids.join(" "))
                });
                let kept = plan.kept.iter().map(|it| format!("keep {}", it.flow_log_id));
                let lines = creates.chain(kept).chain(plan.notes);
                lines.collect::<Vec<_>>().join("\n")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn places_are_put_together_by_region_and_kind_and_what_is_as_wished_is_kept() {
        let places = [
            place("vpc-1", "111122223333", "eu-west-1"),
            place("vpc-2", "111122223333", ""),
            place("vpc-3", "111122223333", "us-east-1"),
            place("eni-1", "", "us-east-1"),
        ];
        let other = FlowLog { aggregation_interval_s: 600, ..log("fl-3", "eni-1") };
        let logs = [log("fl-1", "vpc-1"), log("fl-2", "vpc-9"), other];
        insta::assert_snapshot!(check(&places, &logs, "eu-west-1"), @"
        make eu-west-1 Vpc vpc-2
        make us-east-1 Vpc vpc-3
        make us-east-1 Interface eni-1
        keep fl-1
        `eni-1` is watched by `fl-3` already (ALL, every 600 s, to arn:aws:s3:::acme-logs): both are paid for; a flow log cannot be changed, so delete that one when this one delivers
        ");
        let ours = [log("fl-1", "vpc-1")];
        assert_eq!(check(&places[..1], &ours, ""), "keep fl-1");
    }

    #[test]
    fn many_places_are_several_requests() {
        let place = |n: usize| place(&format!("eni-{n}"), "111122223333", "eu-west-1");
        let places: Vec<Place> = (0..301).map(place).collect();
        assert_eq!(check(&places, &[], "").lines().count(), 2);
    }

    #[test]
    fn what_cannot_be_planned_says_why() {
        let two = [place("vpc-1", "1", "eu-west-1"), place("vpc-2", "2", "eu-west-1")];
        insta::assert_snapshot!(check(&two, &[], ""), @"cannot plan for several accounts at once: 1, 2");
        insta::assert_snapshot!(check(&[place("vpc-1", "1", "")], &[], ""), @"cannot plan a flow log for `vpc-1`: nothing tells its region: `--region REGION`");
    }

    #[test]
    fn only_what_carries_our_tag_is_removed() {
        let tags = std::iter::once((TAG.0.to_owned(), TAG.1.to_owned())).collect();
        let ours = FlowLog { tags, ..log("fl-1", "vpc-1") };
        let logs = [ours, log("fl-2", "vpc-1"), log("fl-3", "vpc-2")];
        let check = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|it| (*it).to_owned()).collect();
            let removal = removal(&logs, &wanted);
            let deletes = removal.deletes.iter().map(|it| format!("delete {}", it.flow_log_id));
            deletes.chain(removal.left).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(check(&[]), "delete fl-1");
        insta::assert_snapshot!(check(&["vpc-1"]), @"
        delete fl-1
        `fl-2` of `vpc-1` has no tag managed-by=tidegate: whoever made it should delete it
        ");
        insta::assert_snapshot!(check(&["fl-3", "fl-9"]), @"
        `fl-3` of `vpc-2` has no tag managed-by=tidegate: whoever made it should delete it
        `fl-9` has no flow log
        ");
    }
}
