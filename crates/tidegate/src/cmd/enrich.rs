//! `tidegate enrich`: stored days get their context again.

use std::ops::RangeInclusive;

use anyhow::Context as _;
use chrono::{NaiveDate, Utc};
use tidegate_collect::Stop;
use tidegate_collect::late::{self, Report};

use crate::config::{Config, Settings};
use crate::context;
use crate::exit::Exit;
use crate::failure::Usage;
use crate::interrupt;
use crate::output::record::write_json;
use crate::output::say::{self, say, styled};
use crate::output::terminal;
use crate::places::Places;
use crate::quantity::{count, plural};
use crate::time::Moment;

const EXAMPLES: &str = "\
Examples:
  tidegate inventory import network/*.json && tidegate enrich
  tidegate enrich --from -7d
  tidegate enrich --from 2026-03-02 --to 2026-03-03

Run it after a better inventory or database came: direction, initiator, security groups, countries
and the other columns of context are made anew for the days of the window, each day in one step,
while others read and collect. What AWS wrote is not changed, and no record is added or lost.";

/// Arguments of `tidegate enrich`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// First day: 2026-03-02, -7d, yesterday; the first of the lake if it is not given
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<Moment>,

    /// End of the window, itself not in it; the end of the lake if it is not given
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<Moment>,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let window = window(args)?;
    let stop = Stop::default();
    let report = super::block_on(config, async {
        interrupt::stopping(&stop, enrich(window, settings, &stop)).await
    })???;
    if let Some(format) = settings.record_output() {
        write_json(format, terminal::stdout(), &report)?;
    } else if !settings.quiet {
        words(&report).into_iter().for_each(say);
    }
    if report.is_interrupted {
        return Ok(Exit::Interrupted);
    }
    let is_whole = report.conflicts.is_empty() && report.trouble.is_none();
    Ok(if is_whole { Exit::Done } else { Exit::Warned })
}

/// Returns the days of the half-open window.
fn window(args: &Args) -> anyhow::Result<RangeInclusive<NaiveDate>> {
    let now = Utc::now();
    let day = |it: Option<Moment>| it.map(|it| it.resolve(now));
    let from = day(args.from).map_or(NaiveDate::MIN, |it| it.date_naive());
    let last = day(args.to)
        .map_or(NaiveDate::MAX, |it| (it - chrono::TimeDelta::microseconds(1)).date_naive());
    if from > last {
        return Err(Usage::new(
            "`--from` is not before `--to`",
            "the window is half-open: `--from 2026-03-02 --to 2026-03-03` is one day",
        )
        .into());
    }
    Ok(from..=last)
}

async fn enrich(
    window: RangeInclusive<NaiveDate>,
    settings: &Settings,
    stop: &Stop,
) -> anyhow::Result<Report> {
    let lake = Places::new(settings).lake(settings).await?;
    let context = context::open(&lake, settings).await?;
    let is_told = !settings.quiet && settings.record_output().is_none();
    let mut on_day = |day: NaiveDate, report: &Report| {
        if is_told {
            say(format!("{day}: {} written so far", plural(report.n_files, "file")));
        }
    };
    let done = late::enrich(&lake, &context, window, stop, &mut on_day).await;
    done.context("cannot enrich the lake")
}

fn words(report: &Report) -> Vec<String> {
    let head = if report.n_files == 0 {
        format!("{} in {}", styled(say::STRONG, "nothing changed"), plural(report.n_days, "day"))
    } else {
        let records = format!("{} records enriched", count(report.n_records));
        format!("{} in {}", styled(say::STRONG, records), plural(report.n_days, "day"))
    };
    let mut lines = vec![head];
    if report.n_files > 0 {
        let files = plural(report.n_files, "file");
        lines.push(format!("  {files} written, {} as before", count(report.n_files_same)));
    }
    for day in &report.conflicts {
        lines.push(format!("  {day} was changed by another writer each time; run it again"));
    }
    lines.extend(report.trouble.iter().map(|it| format!("  warning: {it}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(report: &Report) -> String {
        anstream::adapter::strip_str(&words(report).join("\n")).to_string()
    }

    #[test]
    fn the_report_says_what_was_done_and_what_was_not() {
        let nothing = Report { n_days: 3, n_files_same: 4, ..Report::default() };
        insta::assert_snapshot!(check(&nothing), @"nothing changed in 3 days");
        let conflicts = vec![NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()];
        let done = Report {
            n_days: 2,
            n_files: 2,
            n_files_same: 1,
            n_records: 1_000_000,
            conflicts,
            trouble: Some("a database is damaged".to_owned()),
            is_interrupted: false,
        };
        insta::assert_snapshot!(check(&done), @"
        1,000,000 records enriched in 2 days
          2 files written, 1 as before
          2026-03-02 was changed by another writer each time; run it again
          warning: a database is damaged
        ");
    }
}
