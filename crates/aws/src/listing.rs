//! What a network consists of: listings of an account's region as documents that can be kept.
//!
//! A document is what `aws ec2 describe-...` prints, with `ListedAccountId` and `ListedRegion`
//! before it: so it says itself what it lists completely. A list that could not be read to its end
//! has a `NextToken`, which says that it is not complete.

use std::fmt::Write as _;

use serde_json::Value;

use crate::call::pages::{List, Next, Page};
use crate::call::request::{Params, Request, escaped, get, query};
use crate::call::service::{EC2, LAMBDA};
use crate::call::{self};
use crate::{Error, Region, Result};

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its name, as of a file: `network-interfaces`.
    pub name: &'static str,
    /// The key of the list in the document.
    pub key: &'static str,
    /// What is called.
    action: &'static str,
    /// Things of a page, 0 if the action has no pages.
    page_max: u32,
    /// What is asked besides.
    params: &'static [(&'static str, &'static str)],
    /// What is asked about what was listed.
    rest: Rest,
}

/// What is asked about the things of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// Nothing.
    Nothing,
    /// The entries of each prefix list.
    Entries,
    /// Which VPCs refer to the security groups.
    References,
}

const fn subject(
    name: &'static str,
    key: &'static str,
    action: &'static str,
    page_max: u32,
) -> Subject {
    Subject { name, key, action, page_max, params: &[], rest: Rest::Nothing }
}

/// Everything that a network consists of. Pages are as long as the actions allow.
pub const SUBJECTS: &[Subject] = &[
    Subject {
        params: &[("IncludeManagedResources", "true")],
        ..subject("network-interfaces", "NetworkInterfaces", "DescribeNetworkInterfaces", 1_000)
    },
    Subject {
        rest: Rest::References,
        ..subject("security-groups", "SecurityGroups", "DescribeSecurityGroups", 1_000)
    },
    subject("security-group-rules", "SecurityGroupRules", "DescribeSecurityGroupRules", 1_000),
    Subject {
        rest: Rest::Entries,
        ..subject("prefix-lists", "PrefixLists", "DescribeManagedPrefixLists", 100)
    },
    subject("subnets", "Subnets", "DescribeSubnets", 1_000),
    subject("vpcs", "Vpcs", "DescribeVpcs", 1_000),
    subject("nat-gateways", "NatGateways", "DescribeNatGateways", 1_000),
    subject("instances", "Reservations", "DescribeInstances", 1_000),
    subject("flow-logs", "FlowLogs", "DescribeFlowLogs", 1_000),
    subject("functions", "Functions", "ListFunctions", 50),
];

/// Groups that one call may ask references of.
const REFERENCES_GROUPS_MAX: usize = 200;

/// The key of the list of references.
const REFERENCES: &str = "SecurityGroupReferenceSet";

/// A listing of one subject in one region.
#[derive(Debug)]
pub struct Listing {
    /// The subject.
    pub subject: Subject,
    /// The documents, one after the other.
    pub json: String,
    /// How many things it lists.
    pub n_items: usize,
    /// What could not be read of it.
    pub failures: Vec<Error>,
}

/// Lists a subject in the region for the account that calls.
///
/// # Errors
///
/// If nothing could be read. What stops it later stands in the listing.
pub async fn list(region: &Region, account_id: &str, subject: Subject) -> Result<Listing> {
    let mut ids = Vec::new();
    let list = if subject.action == "ListFunctions" {
        functions(region).await?
    } else {
        pages(region, subject.action, subject.key, &|token| params(&subject, token), &mut |it| {
            ids.extend(id_of(&subject, it));
        })
        .await?
    };
    let place = Place { account_id, region: &region.name };
    let mut listing =
        Listing { subject, json: String::new(), n_items: list.n_items, failures: Vec::new() };
    let is_whole = list.stopped.is_none();
    listing.add(&place, subject.key, list);
    match subject.rest {
        Rest::Entries => entries(region, &ids, &mut listing).await,
        // References of groups that are not known would look as if they were gone.
        Rest::References if is_whole => references(region, &place, &ids, &mut listing).await,
        Rest::References | Rest::Nothing => {}
    }
    Ok(listing)
}

/// Whose and where a listing is.
struct Place<'a> {
    account_id: &'a str,
    region: &'a str,
}

impl Listing {
    /// Adds a document.
    fn add(&mut self, place: &Place<'_>, key: &str, list: List) {
        let more = if list.stopped.is_some() { ",\"NextToken\":\"not read\"" } else { "" };
        let head = serde_json::json!({
            "ListedAccountId": place.account_id,
            "ListedRegion": place.region,
        })
        .to_string();
        let head = head.trim_end_matches('}');
        // Writing into a text cannot fail.
        let _ = writeln!(self.json, "{head},\"{key}\":[{}]{more}}}", list.items);
        self.failures.extend(list.stopped);
    }
}

fn params(subject: &Subject, token: Option<&str>) -> Params {
    let mut params = Params::new();
    params.add("MaxResults", subject.page_max);
    for (name, value) in subject.params {
        params.add(name, value);
    }
    params.add_some("NextToken", token);
    params
}

/// Returns the id of an item that more is asked about.
fn id_of(subject: &Subject, item: &Value) -> Option<String> {
    let name = match subject.rest {
        Rest::Nothing => return None,
        Rest::Entries => "PrefixListId",
        Rest::References => "GroupId",
    };
    item[name].as_str().map(str::to_owned)
}

/// Reads a list of EC2 page by page, and shows each item to `look`.
///
/// # Errors
///
/// If its first page cannot be read. What stops it later stands in the list.
pub(crate) async fn pages(
    region: &Region,
    action: &'static str,
    key: &str,
    params: &(dyn Fn(Option<&str>) -> Params + Sync),
    look: &mut (dyn FnMut(&Value) + Send),
) -> Result<List> {
    let mut list = List::default();
    let mut token: Option<String> = None;
    loop {
        let request = query(&EC2, action, params(token.as_deref()));
        let page = match page(region, &request, key).await {
            Ok(page) => page,
            Err(error) if token.is_none() => return Err(error),
            Err(error) => {
                list.stopped = Some(error);
                return Ok(list);
            }
        };
        page.items.iter().for_each(&mut *look);
        list.add(&page.items);
        match list.next(page.token.as_deref(), call::of(region, &request)) {
            Ok(Next::Page(next)) => token = Some(next),
            Ok(Next::Done) => return Ok(list),
            Err(error) => {
                list.stopped = Some(error);
                return Ok(list);
            }
        }
    }
}

async fn page(region: &Region, request: &Request, key: &str) -> Result<Page> {
    let answer = call::ec2(region, request).await?;
    Page::read(answer, key, call::of(region, request))
}

/// Adds a document with the entries of each prefix list.
async fn entries(region: &Region, ids: &[String], listing: &mut Listing) {
    for id in ids {
        let params = |token: Option<&str>| {
            let mut params = Params::new();
            params.add("PrefixListId", id);
            params.add("MaxResults", 100);
            params.add_some("NextToken", token);
            params
        };
        let action = "GetManagedPrefixListEntries";
        match pages(region, action, "Entries", &params, &mut |_| ()).await {
            // Half of the entries are no entries: a rule would seem to admit less than it does.
            Ok(List { stopped: Some(error), .. }) | Err(error) => {
                let is_denial = error.is_denial();
                listing.failures.push(error);
                if is_denial {
                    return;
                }
            }
            Ok(list) => {
                let items = list.items;
                let document = format!("{{\"PrefixListId\":\"{id}\",\"Entries\":[{items}]}}\n");
                listing.json.push_str(&document);
            }
        }
    }
}

/// Adds a document with the VPCs that refer to the groups.
async fn references(region: &Region, place: &Place<'_>, ids: &[String], listing: &mut Listing) {
    let mut list = List::default();
    for ids in ids.chunks(REFERENCES_GROUPS_MAX) {
        let mut params = Params::new();
        params.add_list("GroupId", ids);
        let request = query(&EC2, "DescribeSecurityGroupReferences", params);
        match page(region, &request, REFERENCES).await {
            Ok(page) => list.add(&page.items),
            Err(error) => {
                list.stopped = Some(error);
                break;
            }
        }
    }
    if list.stopped.is_some() && list.n_items == 0 {
        listing.failures.extend(list.stopped);
        return;
    }
    listing.add(place, REFERENCES, list);
}

/// Reads the functions of Lambda.
async fn functions(region: &Region) -> Result<List> {
    let mut list = List::default();
    let mut marker: Option<String> = None;
    loop {
        let rest = marker.as_deref().map(|it| format!("&Marker={}", escaped(it)));
        let path = format!("/2015-03-31/functions?MaxItems=50{}", rest.unwrap_or_default());
        let request = get(&LAMBDA, "ListFunctions", path);
        let answer = call::json(region, &request).await;
        let call = call::of(region, &request);
        let page = match answer.and_then(|it| Page::read(it, "Functions", call.clone())) {
            Ok(page) => page,
            Err(error) if marker.is_none() => return Err(error),
            Err(error) => {
                list.stopped = Some(error);
                return Ok(list);
            }
        };
        let known: Vec<Value> = page.items.iter().map(without_environment).collect();
        list.add(&known);
        match list.next(page.token.as_deref(), call) {
            Ok(Next::Page(next)) => marker = Some(next),
            Ok(Next::Done) => return Ok(list),
            Err(error) => {
                list.stopped = Some(error);
                return Ok(list);
            }
        }
    }
}

/// Returns what is of use of a function. People keep secrets in its environment: it is left out.
fn without_environment(function: &Value) -> Value {
    serde_json::json!({
        "FunctionName": function["FunctionName"],
        "FunctionArn": function["FunctionArn"],
        "VpcConfig": function["VpcConfig"],
    })
}
