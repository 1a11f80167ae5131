//! `tidegate advise replay`.

use std::io::Read as _;

use anyhow::Context as _;
use serde_json::Value;
use tidegate_advise::flow::protocol_name;
use tidegate_advise::propose::narrow::peer_text;
use tidegate_advise::render::json;
use tidegate_inventory::Kind;
use tidegate_model::inventory::SecurityGroupRule;
use tidegate_network::Network;

use super::change::{self, Change};
use super::look::{self, WindowArgs};
use super::words;
use crate::cmd::sql;
use crate::config::Config;
use crate::exit::Exit;
use crate::facts;
use crate::failure::Usage;
use crate::output::record::write_json;
use crate::output::say::{self, styled, warn};
use crate::output::{Format, terminal};
use crate::places::Places;
use crate::quantity::plural;

/// The longest file of rules: the groups of the largest account are a tenth of it.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// Arguments of `tidegate advise replay`.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The rules as they would be: what `aws ec2 describe-security-groups` or
    /// `describe-security-group-rules` prints, edited, or `terraform show -json PLAN`; `-` is stdin
    #[arg(long, value_name = "FILE")]
    rules: String,

    #[command(flatten)]
    window: WindowArgs,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let bytes = read(&args.rules)?;
    let lake = Places::new(settings).lake(settings).await?;
    let inventory = facts::read(&lake, &Kind::ALL).await?.inventory;
    let change = change::read(&args.rules, &bytes, &inventory)?;
    change.notes.iter().for_each(warn);
    let engine = sql::engine(settings, None).await?;
    let window = look::window(&engine, &args.window).await?;
    let network = Network::new(&inventory);
    let mut study = look::accepted(&engine, &inventory, &network, window).await?;
    if study.totals().n_not_kept > 0 {
        let hint = "choose a shorter window: `--window 7d`";
        return Err(Usage::new("the window has too many flows to play them back", hint).into());
    }
    let group_ids = change.group_ids();
    let rejected = look::rejected_at(&engine, &mut study, window, &group_ids).await?;
    let replay = study.replay(&change.revoke, &change.authorize, &rejected);
    tell_not_found(&change, &replay.not_found)?;
    let (format, _) = crate::cmd::form(config);
    if format == Format::Table {
        print(&change, &replay, (window.from_us, window.until_us))?;
    } else {
        let mut value = json::replay(&replay);
        value["not_asked_flows"] = replay.n_not_asked.into();
        let not_found: Vec<Value> = replay.not_found.iter().map(json::rule).collect();
        value["not_found"] = not_found.into();
        write_json(format, terminal::stdout(), &value)?;
    }
    Ok(if replay.is_safe() { Exit::Done } else { Exit::Warned })
}

/// Tells which rules of a change have no effect.
///
/// # Errors
///
/// If all of them have none.
fn tell_not_found(change: &Change, not_found: &[SecurityGroupRule]) -> anyhow::Result<()> {
    for rule in not_found {
        let way = if rule.is_egress { "egress" } else { "ingress" };
        let ports = match (rule.from_port, rule.to_port) {
            (Some(from), Some(to)) => format!(" {from}-{to}"),
            _ => String::new(),
        };
        let protocol = protocol_name(rule.protocol);
        let peer = peer_text(&rule.peer);
        let why = if change.authorize.contains(rule) {
            "comes without effect: the inventory does not know its group or what it names"
        } else {
            "cannot go: the group has no such rule today"
        };
        warn(format_args!("{} {way} {protocol}{ports} {peer} {why}", rule.group_id));
    }
    if not_found.len() == change.revoke.len() + change.authorize.len() {
        let hint = "`tidegate inventory sync` reads the rules of today; are these of its accounts?";
        return Err(Usage::new("the inventory knows nothing of this change", hint).into());
    }
    Ok(())
}

fn read(path: &str) -> anyhow::Result<Vec<u8>> {
    let attempt = || format!("cannot read `{path}`");
    let mut bytes = Vec::new();
    let n_bytes = if path == "-" {
        std::io::stdin().lock().take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(path).with_context(attempt)?;
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)
    };
    let n_bytes = n_bytes.with_context(attempt)?;
    anyhow::ensure!(n_bytes as u64 <= FILE_BYTES_MAX, "`{path}` is longer than 256 MiB");
    Ok(bytes)
}

fn print(
    change: &Change,
    replay: &tidegate_advise::Replay,
    (from_us, until_us): (i64, i64),
) -> anyhow::Result<()> {
    let mut lines = vec![
        format!(
            "{} and {} in {}",
            plural(change.revoke.len() as u64, "rule") + " fewer",
            plural(change.authorize.len() as u64, "rule") + " more",
            plural(replay.group_ids.len() as u64, "group"),
        ),
        words::replay(replay),
    ];
    if replay.n_not_asked > 0 {
        let flows = plural(replay.n_not_asked, "accepted flow");
        lines.push(format!("{flows} could not be asked about: whose, or who opened, is not known"));
    }
    let mut list = |title: &str, samples: &[tidegate_advise::usage::Sample]| {
        if !samples.is_empty() {
            lines.push(styled(say::STRONG, title));
            lines.extend(samples.iter().map(|it| format!("  {}", words::sample(it))));
        }
    };
    list("would have been blocked", &replay.blocked);
    list("would now pass", &replay.admitted);
    lines.push(format!("{} to {}", look::time(from_us), look::time(until_us)));
    let text = lines.join("\n") + "\n";
    let is_coloured = crate::output::Terminal::of_process().is_coloured;
    let text = if is_coloured { text } else { anstream::adapter::strip_str(&text).to_string() };
    crate::cmd::print(&text)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use tidegate_model::inventory::Peer;

    use super::*;

    fn check(n_rules: usize, n_not_found: usize) -> Option<String> {
        let rule = |number: usize| SecurityGroupRule {
            id: format!("sgr-{number}"),
            group_id: "sg-1".to_owned(),
            is_egress: false,
            protocol: Some(6),
            from_port: Some(22),
            to_port: Some(22),
            peer: Peer::SecurityGroup("sg-2".to_owned()),
            description: String::new(),
        };
        let revoke: Vec<SecurityGroupRule> = (0..n_rules).map(rule).collect();
        let not_found = revoke[..n_not_found].to_vec();
        let change = Change { revoke, ..Change::default() };
        tell_not_found(&change, &not_found).err().map(|it| it.to_string())
    }

    #[test]
    fn a_change_of_which_nothing_is_there_fails() {
        assert_eq!(check(2, 0), None);
        assert_eq!(check(2, 1), None);
        assert_eq!(check(2, 2).unwrap(), "the inventory knows nothing of this change");
    }
}
