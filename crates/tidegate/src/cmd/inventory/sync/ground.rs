//! Which accounts and regions are listed.

use tidegate_aws::account::{self, Account};
use tidegate_aws::{Region, Role, Session};
use tidegate_model::partition::Partition;

use super::{Args, Note, Summary};
use crate::config::Config;
use crate::places;

/// How our sessions are called in `CloudTrail`.
const SESSION_NAME: &str = "tidegate";

/// An account in a region.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub(super) account_id: String,
    pub(super) region: Region,
}

/// Returns what is to be listed. An account that does not let us in is told, the others are listed.
///
/// # Errors
///
/// If the caller's own account cannot be asked, or there is nothing to list.
pub(super) async fn plots(
    args: &Args,
    config: &Config,
    summary: &mut Summary,
) -> anyhow::Result<Vec<Plot>> {
    let session = places::session(config).await?;
    let session = match &args.role_arn {
        Some(arn) => session.assume(role(arn, args)),
        None => session,
    };
    let own = account::caller(&session.home()).await?.account_id;
    if !args.organization {
        return Ok(of_account(&own, &session, args).await?);
    }
    let mut plots = Vec::new();
    let mut first_failure = None;
    for Account { id, .. } in account::of_organization(&session.home()).await? {
        let session = if id == own { session.clone() } else { member(&session, &id, args) };
        match of_account(&id, &session, args).await {
            Ok(found) => plots.extend(found),
            Err(error) => {
                summary.notes.push(Note::new(&id, "", "account", &error));
                first_failure = first_failure.or(Some(error));
            }
        }
    }
    match first_failure {
        Some(error) if plots.is_empty() => Err(error.into()),
        _ => Ok(plots),
    }
}

async fn of_account(
    account_id: &str,
    session: &Session,
    args: &Args,
) -> tidegate_aws::Result<Vec<Plot>> {
    let names = if args.all_regions {
        account::regions(&session.home()).await?
    } else if args.regions.is_empty() {
        vec![session.home().name]
    } else {
        args.regions.clone()
    };
    // A role that cannot be taken on is told once, and not for every region and kind.
    account::caller_of(&session.home(), account_id).await?;
    let plot =
        |it: &String| Plot { account_id: account_id.to_owned(), region: session.in_region(it) };
    Ok(names.iter().map(plot).collect())
}

/// Returns a session in an account of the organization.
fn member(session: &Session, account_id: &str, args: &Args) -> Session {
    let partition = Partition::of_region(&session.home().name).name;
    let name = args.role_name.as_deref().unwrap_or_default();
    session.assume(role(&format!("arn:{partition}:iam::{account_id}:role/{name}"), args))
}

fn role(arn: &str, args: &Args) -> Role {
    Role {
        arn: arn.to_owned(),
        external_id: args.external_id.clone(),
        session_name: SESSION_NAME.to_owned(),
    }
}
