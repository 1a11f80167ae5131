//! Which days count as watched, and that no interface hides behind the others.

use insta::assert_snapshot;
use tidegate_advise::RuleAdvice;
use tidegate_advise::coverage::{DAY_US, Day};
use tidegate_model::inventory::{FlowLog, Inventory};
use tidegate_network::Network;

use crate::small::{ALIVE, Seen, WINDOW, always, interface, inventory, study};

/// A day without a record; days that are in the lake are added by themselves.
const NONE: Day =
    Day { from_us: 0, n_accept: 0, n_reject: 0, n_nodata: 0, n_skipdata: 0, skipped_s: 0 };

/// A day that says that there was nothing.
const NODATA: Day = Day { n_nodata: 9, ..NONE };

/// A day of a flow log that writes what is rejected only.
const REJECTED: Day = Day { n_reject: 5, ..NONE };

/// Renders what is said of the rule of `sg-web`, with these days of interfaces.
fn check(inventory: &Inventory, days: &[(&str, Day)]) -> String {
    let network = Network::new(inventory);
    let seen = Seen { flows: &[], doubtful: &[], strange: &[], day: NONE };
    let mut study = study(inventory, &network, &seen);
    for (id, day) in days {
        let interface = study.interface(id);
        for from_us in [WINDOW.from_us, WINDOW.from_us + DAY_US] {
            study.add_day(interface, Day { from_us, ..*day });
        }
    }
    let report = study.report(&[], &[]);
    let own = report.rules.iter().find(|it| it.rule.group_id == "sg-web");
    own.map(render).unwrap_or_default()
}

fn render(advice: &RuleAdvice) -> String {
    let coverage = &advice.coverage;
    let reasons = advice.reasons.join("; ");
    format!("{} {:.2} {}: {reasons}", advice.verdict.name(), coverage.ratio(), coverage.n_unwatched)
}

fn small() -> Inventory {
    inventory(&["in tcp 22 0.0.0.0/0"])
}

fn log(resource_id: &str, traffic_type: &str) -> FlowLog {
    FlowLog {
        id: format!("fl-{resource_id}"),
        resource_id: resource_id.to_owned(),
        traffic_type: traffic_type.to_owned(),
        ..FlowLog::default()
    }
}

#[test]
fn a_quiet_interface_is_watched_if_its_flow_log_lives() {
    let days = [("eni-app", ALIVE), ("eni-web", NODATA)];
    assert_snapshot!(check(&small(), &days), @"unused 1.00 0: looked at 2 days: what happens monthly is not in it");
    let days = [("eni-app", ALIVE), ("eni-web", REJECTED)];
    assert_snapshot!(check(&small(), &days), @"unused 1.00 0: looked at 2 days: what happens monthly is not in it");
}

#[test]
fn a_flow_log_of_which_nothing_accepted_came_watches_nothing() {
    let mut both = small();
    both.flow_logs.push(always(log("vpc-1", "REJECT")));
    let days = [("eni-app", REJECTED), ("eni-web", REJECTED)];
    assert_snapshot!(check(&both, &days), @"unprovable 0.00 1: only rejected traffic is logged");
    let days = [("eni-app", NODATA), ("eni-web", NODATA)];
    assert_snapshot!(check(&both, &days), @"unprovable 0.00 1: its interfaces were not watched long enough");
    // What came is of a flow log of the other interface.
    both.flow_logs.push(always(log("eni-app", "ALL")));
    let days = [("eni-app", ALIVE), ("eni-web", REJECTED)];
    assert_snapshot!(check(&both, &days), @"unprovable 0.00 1: only rejected traffic is logged");
}

#[test]
fn a_flow_log_that_fails_watches_nothing_but_what_came() {
    let mut failed = small();
    failed.flow_logs[0].value.deliver_status = "FAILED".to_owned();
    let days = [("eni-app", ALIVE), ("eni-web", NODATA)];
    assert_snapshot!(check(&failed, &days), @"unprovable 0.00 1: its interfaces were not watched long enough");
    let days = [("eni-app", ALIVE), ("eni-web", ALIVE)];
    assert_snapshot!(check(&failed, &days), @"unused 1.00 0: looked at 2 days: what happens monthly is not in it");
}

#[test]
fn one_interface_that_nobody_watched_is_enough_to_doubt() {
    let mut many = small();
    let ids: Vec<String> = (0..30).map(|it| format!("eni-{it:02}")).collect();
    for (id, host) in ids.iter().zip(10..) {
        let address = format!("10.0.0.{host}");
        many.interfaces.push(always(interface(id, &address, &["sg-web"])));
    }
    let mut days: Vec<(&str, Day)> = ids.iter().map(|it| (it.as_str(), ALIVE)).collect();
    assert_snapshot!(check(&many, &days), @"unprovable 0.97 1: its interfaces were not watched long enough");
    days.push(("eni-web", ALIVE));
    assert_snapshot!(check(&many, &days), @"unused 1.00 0: looked at 2 days: what happens monthly is not in it");
}
