//! `tidegate advise apply`: takes the steps of a plan, if the groups are still what they were.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tidegate_advise::render::words::ORDER;
use tidegate_advise::steps::{Action, Step, Steps, wire, words};
use tidegate_aws::security_group::{self, Direction, NewRule};
use tidegate_aws::{Session, account};
use tidegate_inventory::Seen;
use tidegate_inventory::read::{self, Extent};
use tidegate_model::inventory::{SecurityGroupRule, Tags};

use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Usage;
use crate::output::say::say;
use crate::places;
use crate::quantity::plural;

/// The largest plan: millions of rules.
const PLAN_BYTES_MAX: u64 = 1 << 30;

/// Differences that are told; a group that others manage may have hundreds.
const DIFFERENCES_TOLD_MAX: usize = 10;

/// Arguments of `tidegate advise apply`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// What `tidegate advise sg --emit plan` wrote, or the rollback of it
    #[arg(value_name = "PLAN")]
    plan: PathBuf,

    /// Do it; without, the steps are only told
    #[arg(long)]
    yes: bool,

    /// Write the plan that takes everything back to this file; PLAN.rollback.json if not given
    #[arg(long, value_name = "FILE")]
    rollback: Option<PathBuf>,

    /// Region of groups of which the plan does not tell it
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let plan = read_plan(&args.plan)?;
    let session = places::session(config).await?;
    let region = args.region.clone().unwrap_or_else(|| session.home().name);
    let identity = account::caller(&session.in_region(&region)).await?;
    check_account(&plan, &identity.account_id)?;
    let target = Target { session, plan, region };
    let now = target.rules().await?;
    check_unchanged(&target.plan.differences(&now))?;
    let pending = target.plan.pending(&now);
    let rollback = args.rollback.clone().unwrap_or_else(|| rollback_of(&args.plan));
    check_own_doing(&rollback, &target.plan, &pending)?;
    for step in &pending {
        crate::cmd::print(&told(step))?;
    }
    if pending.is_empty() || !args.yes {
        if !config.settings.quiet {
            let is_done = pending.is_empty();
            say(if is_done { "nothing to do" } else { "nothing was changed; `--yes` does it" });
        }
        return Ok(Exit::Done);
    }
    write_rollback(&rollback, &target.plan)?;
    for (index, step) in pending.iter().enumerate() {
        target.take(step).await.with_context(|| {
            format!(
                "cannot take step {} of {}; the same command goes on from there, `tidegate advise \
                 apply {} --yes` takes back what was done",
                index + 1,
                pending.len(),
                rollback.display(),
            )
        })?;
    }
    if !config.settings.quiet {
        let n_steps = plural(pending.len() as u64, "step");
        say(format!(
            "{n_steps} taken; `tidegate advise apply {} --yes` takes them back",
            rollback.display()
        ));
        ORDER.last_chunk::<2>().iter().flat_map(|it| it.iter()).for_each(say);
    }
    Ok(Exit::Done)
}

fn read_plan(path: &Path) -> anyhow::Result<Steps> {
    let attempt = || format!("cannot read `{}`", path.display());
    let file = File::open(path).with_context(attempt)?;
    let mut text = String::new();
    let n_bytes = file.take(PLAN_BYTES_MAX + 1).read_to_string(&mut text).with_context(attempt)?;
    anyhow::ensure!(n_bytes as u64 <= PLAN_BYTES_MAX, "`{}` is longer than 1 GiB", path.display());
    Ok(wire::from_json(&text)?)
}

fn check_account(plan: &Steps, account_id: &str) -> Result<(), Usage> {
    let is_other = |it: &&str| !it.is_empty() && *it != account_id;
    let accounts = plan.groups.iter().map(|it| it.account_id.as_str());
    let others: BTreeSet<&str> = accounts.filter(is_other).collect();
    match others.first() {
        None => Ok(()),
        Some(other) => Err(Usage::new(
            format!("the plan is for account {other}, the credentials are of {account_id}"),
            "use credentials of that account; a plan is for one account",
        )),
    }
}

fn check_unchanged(differences: &[String]) -> Result<(), Usage> {
    if differences.is_empty() {
        return Ok(());
    }
    let mut lines = vec!["the groups are not what they were when the plan was made".to_owned()];
    lines.extend(differences.iter().take(DIFFERENCES_TOLD_MAX).map(|it| format!("  {it}")));
    let n_more = differences.len().saturating_sub(DIFFERENCES_TOLD_MAX);
    if n_more > 0 {
        lines.push(format!("  and {n_more} more"));
    }
    let hint = "nothing was changed; make the plan anew: `tidegate inventory sync`, then `tidegate \
                advise sg --emit plan`";
    Err(Usage::new(lines.join("\n"), hint))
}

/// Refuses a plan of which something is so already and that was not begun by this command: taking the
/// plan back would undo what somebody else did.
fn check_own_doing(rollback: &Path, plan: &Steps, pending: &[Step]) -> Result<(), Usage> {
    let is_begun = || is_rollback_of(rollback, &wire::to_json(&plan.inverse()));
    if pending.is_empty()
        || plan.is_untouched(pending)
        || plan.is_rollback
        || is_begun().unwrap_or(false)
    {
        return Ok(());
    }
    Err(Usage::new(
        "part of the plan is so already, and not by this plan: the way back would undo what others did",
        "nothing was changed; make the plan anew: `tidegate inventory sync`, then `tidegate advise sg \
         --emit plan`",
    ))
}

fn told(step: &Step) -> String {
    let line = |it: &SecurityGroupRule| match step.action {
        // The id that it had once is not the one that it will have.
        Action::Authorize => format!("+ {} {}\n", step.group_id, words(it)),
        Action::Revoke => format!("- {} {} {}\n", step.group_id, words(it), it.id),
    };
    step.rules.iter().map(line).collect()
}

/// Returns `plan.rollback.json` for `plan.json`.
fn rollback_of(plan: &Path) -> PathBuf {
    plan.with_extension("rollback.json")
}

/// Returns whether a file is the rollback with this text.
fn is_rollback_of(path: &Path, text: &str) -> std::io::Result<bool> {
    std::fs::read_to_string(path).map(|it| it == text)
}

/// Writes the plan that takes everything back, before anything is done. Another one is not
/// overwritten: it may be the only way back from something else.
fn write_rollback(path: &Path, plan: &Steps) -> anyhow::Result<()> {
    let attempt = || format!("cannot write the rollback `{}`", path.display());
    let text = wire::to_json(&plan.inverse());
    match File::create_new(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(attempt)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            if is_rollback_of(path, &text).with_context(attempt)? {
                return Ok(());
            }
            let message = format!("`{}` is there already, of another plan", path.display());
            Err(Usage::new(message, "name another file: `--rollback FILE`").into())
        }
        Err(error) => Err(error).with_context(attempt),
    }
}

/// A plan, and whom to ask.
struct Target {
    session: Session,
    plan: Steps,
    /// Region of groups of which the plan does not tell it.
    region: String,
}

impl Target {
    fn region_of(&self, group_id: &str) -> tidegate_aws::Region {
        let told = self.plan.region(group_id);
        self.session.in_region(if told.is_empty() { &self.region } else { told })
    }

    /// Returns the rules that the groups of the plan have now.
    async fn rules(&self) -> anyhow::Result<Vec<SecurityGroupRule>> {
        let mut by_region: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for group in &self.plan.groups {
            let region = self.region_of(&group.id).name;
            by_region.entry(region).or_default().push(group.id.clone());
        }
        let mut rules = Vec::new();
        for (region, group_ids) in by_region {
            let region = self.session.in_region(&region);
            // The second document has the ids by which rules are revoked.
            let [_, document] = security_group::describe(&region, &group_ids).await?;
            rules.extend(read_rules(&document.to_string())?);
        }
        Ok(rules)
    }

    async fn take(&self, step: &Step) -> anyhow::Result<()> {
        let region = self.region_of(&step.group_id);
        let direction = if step.is_egress { Direction::Egress } else { Direction::Ingress };
        match step.action {
            Action::Authorize => {
                let rule =
                    |it: &SecurityGroupRule| NewRule { rule: it.clone(), peer_account_id: None };
                let rules: Vec<NewRule> = step.rules.iter().map(rule).collect();
                let (group_id, tags) = (&step.group_id, Tags::new());
                security_group::authorize(&region, group_id, direction, &rules, &tags).await?;
            }
            Action::Revoke => {
                let ids: Vec<String> = step.rules.iter().map(|it| it.id.clone()).collect();
                security_group::revoke(&region, &step.group_id, direction, &ids).await?;
            }
        }
        Ok(())
    }
}

/// Reads what AWS answers as a file of the same form would be read.
fn read_rules(document: &str) -> anyhow::Result<Vec<SecurityGroupRule>> {
    let mut seen = Seen::default();
    let file = read::File {
        name: "describe-security-group-rules",
        bytes: document.as_bytes(),
        moment_us: 0,
        extent: Extent::Complete,
    };
    read::read(&file, &mut seen);
    if let Some(note) = seen.notes.first() {
        anyhow::bail!("cannot read the rules of now: {}: {}", note.place, note.reason);
    }
    Ok(seen.security_group_rules.into_iter().map(|it| it.value).collect())
}
