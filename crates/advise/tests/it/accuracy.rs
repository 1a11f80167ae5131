//! How often the verdict on a rule is right.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tidegate_advise::groups::GroupVerdict;
use tidegate_advise::verdict::Verdict;
use tidegate_advise::{Report, Study};
use tidegate_demo::{Spec, Truth, Verdict as TrueVerdict};
use tidegate_model::field::DEFAULT_FORMAT;
use tidegate_network::Network;

use crate::aggregate::add_all;
use crate::world::Made;

/// Returns the report on a world.
fn report(made: &Made) -> Report {
    let network = Network::new(&made.inventory);
    let mut study = Study::new(&made.inventory, &network, made.window());
    add_all(&mut study, &made.rows, made.window());
    study.report(&[], &[])
}

/// Returns whether the verdict is what the truth says.
fn is_right(truth: TrueVerdict, verdict: &Verdict) -> bool {
    match truth {
        TrueVerdict::Used | TrueVerdict::TooWide => {
            matches!(verdict, Verdict::Used | Verdict::Redundant { .. })
        }
        TrueVerdict::AttemptsOnly => *verdict == Verdict::AttemptOnly,
        TrueVerdict::Unused => matches!(verdict, Verdict::Unused | Verdict::NoOp(_)),
    }
}

/// Whether a used rule would be taken away.
fn is_dangerous(truth: TrueVerdict, verdict: &Verdict) -> bool {
    let is_used = matches!(truth, TrueVerdict::Used | TrueVerdict::TooWide);
    is_used && matches!(verdict, Verdict::Unused | Verdict::NoOp(_) | Verdict::AttemptOnly)
}

fn check(name: &str, made: &Made, percent_min: f64) {
    let report = report(made);
    let truths: BTreeMap<&str, _> =
        made.truth.rules.iter().map(|it| (it.rule_id.as_str(), it)).collect();
    assert_eq!(report.rules.len(), truths.len());
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut n_right, mut n_dangerous) = (0, 0);
    let mut wrong = String::new();
    for advice in &report.rules {
        let truth = truths[advice.rule.id.as_str()];
        *counts.entry((truth.verdict.name(), advice.verdict.name())).or_default() += 1;
        n_dangerous += usize::from(is_dangerous(truth.verdict, &advice.verdict));
        if is_right(truth.verdict, &advice.verdict) {
            n_right += 1;
        } else {
            let rule = format!("{} {} {:?}", advice.group_name, advice.rule.id, advice.rule.peer);
            let verdict = &advice.verdict;
            writeln!(wrong, "  {rule}: {} taken for {verdict:?}", truth.verdict.name()).unwrap();
        }
    }
    let percent = 100.0 * f64::from(n_right) / f64::from(u32::try_from(truths.len()).unwrap());
    let mut table = format!("{name}: {} rules, {percent:.2} % right\n", truths.len());
    for ((truth, verdict), n) in counts {
        writeln!(table, "  {truth:<13} {verdict:<13} {n:>4}").unwrap();
    }
    print(&format!("{table}{wrong}  {:?}\n", report.totals));
    assert_eq!(n_dangerous, 0, "{name}: a used rule called unused\n{wrong}");
    assert!(percent >= percent_min, "{name}: {percent} %\n{wrong}");
    check_groups(&made.truth, &report);
}

fn check_groups(truth: &Truth, report: &Report) {
    let mut expected: Vec<&str> = truth
        .rules
        .iter()
        .filter(|it| !it.is_attached && it.group_name != "default")
        .map(|it| it.group_id.as_str())
        .collect();
    expected.sort_unstable();
    expected.dedup();
    let unused = report.groups.iter().filter(|it| it.verdict == GroupVerdict::Unused);
    let mut found: Vec<&str> = unused.map(|it| it.group.id.as_str()).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
}

/// The table is for whoever runs the test with its output shown.
#[expect(clippy::print_stderr, reason = "the measurement is the point")]
fn print(table: &str) {
    eprint!("{table}");
}

fn spec(seed: u64) -> Spec {
    Spec { n_records: 200_000, ..Spec::small(seed) }
}

#[test]
fn with_the_recommended_fields_verdicts_are_right() {
    for seed in [1, 2] {
        check("recommended format", &Made::new(spec(seed)), 99.5);
    }
}

/// Of less traffic less is known, but nothing is known wrongly: [`check`] asserts it.
#[test]
fn in_small_worlds_no_used_rule_is_called_unused() {
    for seed in 20..26 {
        check("small, recommended format", &Made::new(Spec::small(seed)), 90.0);
        let format = DEFAULT_FORMAT.iter().map(|it| (*it).to_owned()).collect();
        check("small, default format", &Made::new(Spec { format, ..Spec::small(seed) }), 90.0);
    }
}

#[test]
fn with_the_default_fields_verdicts_are_nearly_all_right() {
    for seed in [1, 2] {
        let format = DEFAULT_FORMAT.iter().map(|it| (*it).to_owned()).collect();
        check("default format", &Made::new(Spec { format, ..spec(seed) }), 97.0);
    }
}

#[test]
fn groups_that_come_and_go_change_no_verdict() {
    let spec = Spec { group_changes_per_day: 20, days: 2, ..spec(3) };
    check("changing groups", &Made::new(spec), 99.5);
}
