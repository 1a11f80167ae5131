//! What is proposed from some days must not block what is used on a later one.

use std::io::Read as _;

use tidegate_advise::{Grade, Study};
use tidegate_demo::Spec;
use tidegate_model::field::DEFAULT_FORMAT;
use tidegate_model::inventory::Validity;
use tidegate_network::Network;

use crate::aggregate::{add_all, rows_of, told};
use crate::world::Made;

/// Days of the world; the last one is held out.
const DAYS: u32 = 5;

/// Returns what changes of a report on the first days would have done on the last.
fn check(name: &str, spec: Spec) {
    let made = Made::new(Spec { days: DAYS, has_record_truth: true, ..spec });
    let window = made.window();
    let cut_us = window.until_us - tidegate_advise::coverage::DAY_US;
    let before = Validity { until_us: cut_us, ..window };
    let after = Validity { from_us: cut_us, ..window };
    let network = Network::new(&made.inventory);
    let mut study = Study::new(&made.inventory, &network, before);
    add_all(&mut study, &made.rows, before);
    let plan = study.report(&[], &[]).plan;
    assert!(plan.changes.len() > 20, "{name}: {} changes", plan.changes.len());
    let revoke: Vec<_> = plan.changes.iter().map(|it| it.revoke.clone()).collect();
    let authorize: Vec<_> = plan.changes.iter().flat_map(|it| it.authorize.clone()).collect();

    // Planted attacks may be blocked, and had better be.
    let truth = made.truth.records_csv_gz().unwrap().unwrap();
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&truth[..]).read_to_string(&mut text).unwrap();
    let truths: Vec<[&str; 2]> = text
        .lines()
        .skip(1)
        .map(|it| it.split(',').take(2).collect::<Vec<_>>().try_into().unwrap())
        .collect();
    assert_eq!(truths.len(), made.rows.n_rows);
    let mut later = Study::new(&made.inventory, &network, after);
    let opened = |row: usize| {
        let [initiator, label] = truths[row];
        (label == "-").then_some(initiator == "src")
    };
    let flows = told(&mut later, &made.rows, after, opened);
    let n_answered = flows.iter().filter(|it| it.grade() == Grade::Answered).count();
    for flow in &flows {
        later.add(flow);
    }
    let replay = later.replay(&revoke, &authorize, &[]);
    let n_changes = plan.changes.len();
    print(&format!(
        "{name}: {n_changes} changes, {n_answered} answered flows of the day held out, {} blocked, \
         {} attempts stopped\n",
        replay.n_blocked, replay.n_attempts_stopped
    ));
    assert!(n_answered > 2_000, "{name}: {n_answered}");
    assert_eq!(replay.n_blocked, 0, "{name}: {:#?}", replay.blocked);
    assert!(rows_of(&made.rows, after).len() > 20_000);
}

/// The numbers are for whoever runs the test with its output shown.
#[expect(clippy::print_stderr, reason = "the measurement is the point")]
fn print(text: &str) {
    eprint!("{text}");
}

#[test]
fn a_plan_of_four_days_blocks_nothing_that_was_planted_on_the_fifth() {
    let recommended = Spec { n_records: 300_000, ..Spec::small(11) };
    check("recommended format", recommended);
    let format = DEFAULT_FORMAT.iter().map(|it| (*it).to_owned()).collect();
    check("default format", Spec { n_records: 300_000, format, ..Spec::small(12) });
}
