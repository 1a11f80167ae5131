//! `tidegate advise sg`.

use clap::ValueEnum;
use tidegate_advise::groups::GroupVerdict;
use tidegate_advise::render::json;
use tidegate_advise::verdict::Verdict;
use tidegate_advise::{Report, RuleAdvice};
use tidegate_inventory::Kind;
use tidegate_model::inventory::Inventory;
use tidegate_network::Network;

use super::look::{self, WindowArgs};
use super::{emit, words};
use crate::cmd::sql;
use crate::config::Config;
use crate::exit::Exit;
use crate::facts;
use crate::failure::Usage;
use crate::output::record::{write_json, write_rows};
use crate::output::{Format, terminal};
use crate::places::Places;

/// Arguments of `tidegate advise sg`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Groups, by id or name; all if none are given
    #[arg(value_name = "GROUP")]
    groups: Vec<String>,

    #[command(flatten)]
    window: WindowArgs,

    /// Exit with 1 if there is any of these
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    fail_on: Vec<FailOn>,

    /// Write it as a report, a script, a template, or as a plan that can be applied
    #[arg(long, value_enum, value_name = "FORM")]
    emit: Option<emit::Form>,
}

/// What a pipeline may want to fail on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Rules or groups that nothing used
    Unused,
    /// Rules that were only tried
    AttemptOnly,
    /// Rules that another one contains
    Redundant,
    /// Rules that are far wider than their use
    TooWide,
    /// What guidelines forbid
    Findings,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let lake = Places::new(settings).lake(settings).await?;
    let inventory = facts::read(&lake, &Kind::ALL).await?.inventory;
    let group_ids = group_ids(&inventory, &args.groups)?;
    let engine = sql::engine(settings, None).await?;
    let window = look::window(&engine, &args.window).await?;
    let network = Network::new(&inventory);
    let mut study = look::accepted(&engine, &inventory, &network, window).await?;
    let rejected = look::rejected(&engine, &mut study, window).await?;
    let report = study.report(&rejected, &group_ids);
    match args.emit {
        Some(form) => emit::write(form, &report)?,
        None => write(&report, config)?,
    }
    let is_bad = args.fail_on.iter().any(|it| it.is_in(&report));
    Ok(if is_bad { Exit::Warned } else { Exit::Done })
}

/// Returns the ids of the groups that were asked for.
pub(in crate::cmd) fn group_ids(
    inventory: &Inventory,
    asked: &[String],
) -> Result<Vec<String>, Usage> {
    let groups = || inventory.security_groups.iter().map(|it| &it.value);
    let mut ids = Vec::new();
    for name in asked {
        let own = groups().filter(|it| it.id == *name || it.name == *name);
        let n_before = ids.len();
        ids.extend(own.map(|it| it.id.clone()));
        if ids.len() == n_before {
            let hint = "`tidegate inventory list security-groups` lists them";
            return Err(Usage::new(format!("there is no security group `{name}`"), hint));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Writes the report: all of it as JSON, else a row for each rule, and for people the rest in words.
fn write(report: &Report, config: &Config) -> anyhow::Result<()> {
    let (format, look) = crate::cmd::form(config);
    if format == Format::Json {
        return Ok(write_json(format, terminal::stdout(), &json::report(report))?);
    }
    if format == Format::Table {
        crate::cmd::print(&words::table(report, look)?)?;
        return Ok(());
    }
    let rows: Vec<Vec<Option<String>>> = report.rules.iter().map(row).collect();
    Ok(write_rows(format, terminal::stdout(), look, NAMES, &rows)?)
}

/// Columns of a rule.
const NAMES: &[&str] = &[
    "group_id",
    "group_name",
    "rule_id",
    "way",
    "protocol",
    "ports",
    "peer",
    "verdict",
    "confidence",
    "connections",
    "attempts",
    "peers",
    "first_use",
    "last_use",
    "coverage",
    "note",
];

fn row(advice: &RuleAdvice) -> Vec<Option<String>> {
    let (rule, used) = (&advice.rule, &advice.used);
    let (protocol, ports) = words::service(rule);
    let way = if rule.is_egress { "egress" } else { "ingress" };
    vec![
        Some(rule.group_id.clone()),
        Some(advice.group_name.clone()),
        Some(rule.id.clone()),
        Some(way.to_owned()),
        Some(protocol),
        Some(ports).filter(|it| !it.is_empty()),
        Some(tidegate_advise::propose::narrow::peer_text(&rule.peer)),
        Some(advice.verdict.name().to_owned()),
        Some(advice.confidence.name().to_owned()),
        Some(used.n_proofs().to_string()),
        Some(used.n_attempts.to_string()),
        Some(used.n_peers.to_string()),
        used.first_us.map(look::time),
        used.last_us.map(look::time),
        Some(format!("{:.4}", advice.coverage.ratio())),
        Some(words::note(advice)).filter(|it| !it.is_empty()),
    ]
}

impl FailOn {
    fn is_in(self, report: &Report) -> bool {
        let has = |is: fn(&Verdict) -> bool| report.rules.iter().any(|it| is(&it.verdict));
        let mut groups = report.groups.iter();
        match self {
            Self::Unused => {
                has(|it| *it == Verdict::Unused)
                    || groups.any(|it| it.verdict == GroupVerdict::Unused)
            }
            Self::AttemptOnly => has(|it| *it == Verdict::AttemptOnly),
            Self::Redundant => has(|it| matches!(it, Verdict::Redundant { .. })),
            Self::TooWide => {
                let mut widths = report.rules.iter().filter_map(|it| it.width.as_ref());
                widths.any(|it| it.name() == "too-wide")
            }
            Self::Findings => !report.findings.is_empty(),
        }
    }
}
