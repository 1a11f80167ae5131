//! Deleting the flow logs that carry our tag.

use std::collections::BTreeMap;

use serde_json::json;
use tidegate_advise::flow_logs::plan::{Removal, removal};
use tidegate_aws::flow_log;
use tidegate_model::inventory::FlowLog;

use super::Args;
use super::scope::{self, Scope};
use super::show::{named, told};
use crate::config::Config;
use crate::exit::Exit;
use crate::output::record::write_json;
use crate::output::say::{say, warn};
use crate::output::{Format, Terminal, terminal};
use crate::places;

/// Flow logs of one request (`DeleteFlowLogs` in the EC2 API Reference).
const DELETES_MAX: usize = 1_000;

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let scope = Scope::read(config).await?;
    let session = places::session(config).await?;
    let home = session.home().name;
    let regions = match &args.region {
        Some(region) => std::iter::once(region.clone()).collect(),
        None => scope.all_regions(&home),
    };
    let live = scope::live_logs(&session, &regions).await?;
    let region_of: BTreeMap<String, String> =
        live.iter().map(|(region, it)| (it.id.clone(), region.clone())).collect();
    let logs: Vec<FlowLog> = live.into_iter().map(|it| it.1).collect();
    let removal = removal(&logs, &args.places);
    let is_done = args.yes && !removal.deletes.is_empty();
    let mut unsuccessful = Vec::new();
    if is_done {
        let mut by_region: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for delete in &removal.deletes {
            let region = region_of.get(&delete.flow_log_id).map_or("", String::as_str);
            by_region.entry(region).or_default().push(delete.flow_log_id.clone());
        }
        for (region, ids) in by_region {
            for ids in ids.chunks(DELETES_MAX) {
                let region = session.in_region(region);
                unsuccessful.extend(flow_log::delete(&region, ids).await?);
            }
        }
    }
    show(&removal, is_done, config)?;
    for failed in &unsuccessful {
        warn(format_args!("AWS did not delete {}", told(failed)));
    }
    Ok(if unsuccessful.is_empty() { Exit::Done } else { Exit::Failed })
}

fn show(removal: &Removal, is_done: bool, config: &Config) -> anyhow::Result<()> {
    let format = Terminal::of_process().format(config.settings.output);
    if matches!(format, Format::Json | Format::Ndjson) {
        let deletes = removal.deletes.iter();
        let deletes = deletes.map(|it| json!({ "place": it.place_id, "flow_log": it.flow_log_id }));
        let report = json!({
            "deletes": deletes.collect::<Vec<_>>(),
            "left": removal.left,
            "is_done": is_done,
        });
        write_json(format, terminal::stdout(), &report)?;
    } else if !removal.deletes.is_empty() {
        let verb = if is_done { "deleted" } else { "delete" };
        let deletes =
            removal.deletes.iter().map(|it| format!("{} of {}", it.flow_log_id, it.place_id));
        crate::cmd::print(&format!("{verb} {}\n", named(deletes)))?;
    }
    if config.settings.quiet {
        return Ok(());
    }
    removal.left.iter().for_each(warn);
    say(match (removal.deletes.is_empty(), is_done) {
        (true, _) => "nothing to delete: no flow log with the tag managed-by=tidegate",
        (false, false) => "nothing was changed; `--yes` does it",
        (false, true) => {
            "what was logged stays, as do the bucket's policy, log groups and the role"
        }
    });
    Ok(())
}
