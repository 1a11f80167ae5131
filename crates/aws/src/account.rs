//! Who calls, and which regions and accounts there are.

use serde_json::{Value, json};

use crate::call::pages::{List, Next, Page};
use crate::call::request::{self, Params, query};
use crate::call::service::{EC2, ORGANIZATIONS, STS};
use crate::call::{self};
use crate::{Error, Region, Result};

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account, as `111122223333`.
    pub account_id: String,
    /// The user or the session of a role.
    pub arn: String,
}

/// An account of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account, as `111122223333`.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Returns who calls (STS `GetCallerIdentity`, for which no permission is needed).
pub async fn caller(region: &Region) -> Result<Identity> {
    let request = query(&STS, "GetCallerIdentity", Params::new());
    let root = call::xml(region, &request).await?;
    let text = |name| root.find(name).map(|it| it.text.clone()).unwrap_or_default();
    let identity = Identity { account_id: text("Account"), arn: text("Arn") };
    if identity.account_id.is_empty() {
        let reason = "it has no `Account`".to_owned();
        return Err(Error::Answer { call: call::of(region, &request), reason });
    }
    Ok(identity)
}

/// Returns who calls, if it is this account.
///
/// # Errors
///
/// [`Error::OtherAccount`] if it is another one: what is listed would be taken for what is not its.
pub async fn caller_of(region: &Region, account_id: &str) -> Result<Identity> {
    let identity = caller(region).await?;
    if identity.account_id == account_id {
        return Ok(identity);
    }
    let (wanted, found) = (account_id.to_owned(), identity.account_id);
    Err(Error::OtherAccount { wanted, found })
}

/// Returns the regions that are switched on for the account, ascending (EC2 `DescribeRegions`).
pub async fn regions(region: &Region) -> Result<Vec<String>> {
    let request = query(&EC2, "DescribeRegions", Params::new());
    let answer = call::ec2(region, &request).await?;
    let regions = Page::read(answer, "Regions", call::of(region, &request))?.items;
    let is_on = |it: &&Value| it["OptInStatus"].as_str() != Some("not-opted-in");
    let mut names: Vec<String> = regions
        .iter()
        .filter(is_on)
        .filter_map(|it| it["RegionName"].as_str())
        .map(str::to_owned)
        .collect();
    names.sort();
    Ok(names)
}

/// Returns the active accounts of the caller's organization, by id (`ListAccounts`).
pub async fn of_organization(region: &Region) -> Result<Vec<Account>> {
    let mut accounts = Vec::new();
    let mut list = List::default();
    let mut token: Option<String> = None;
    loop {
        let body = token.as_ref().map_or_else(|| json!({}), |it| json!({ "NextToken": it }));
        let request = request::json(&ORGANIZATIONS, "ListAccounts", &body);
        let answer = call::json(region, &request).await?;
        let call = call::of(region, &request);
        let page = Page::read(answer, "Accounts", call.clone())?;
        accounts.extend(page.items.iter().filter_map(account));
        match list.next(page.token.as_deref(), call)? {
            Next::Page(next) => token = Some(next),
            Next::Done => break,
        }
    }
    accounts.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(accounts)
}

/// Returns the account, if it is active. Its state stands in `State`, and of old in `Status`.
fn account(value: &Value) -> Option<Account> {
    let state = value["State"].as_str().or(value["Status"].as_str()).unwrap_or("ACTIVE");
    let id = value["Id"].as_str().filter(|_| state == "ACTIVE")?.to_owned();
    Some(Account { id, name: value["Name"].as_str().unwrap_or_default().to_owned() })
}
