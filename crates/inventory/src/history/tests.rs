use std::sync::Arc;

use proptest::prelude::*;
use tidegate_model::inventory::{Fact, Peer, Validity};

use super::*;
use crate::seen::{PlaceMark, Sighting};

/// A group of a VPC and the account `1`, with this name.
fn group(id: &str, vpc_id: &str, name: &str) -> SecurityGroup {
    SecurityGroup {
        id: id.to_owned(),
        vpc_id: vpc_id.to_owned(),
        name: name.to_owned(),
        account_id: "1".to_owned(),
        ..SecurityGroup::default()
    }
}

/// A file: groups as `id=name`, that lists `vpcs` completely.
fn file(moment_us: i64, groups: &[(&str, &str)], vpcs: &[&str]) -> Seen {
    let mut seen = Seen::default();
    for (id, name) in groups {
        let vpc_id = if id.starts_with("sg-b") { "vpc-b" } else { "vpc-a" };
        let source = Arc::from(format!("test {moment_us}"));
        let value = group(id, vpc_id, name);
        seen.security_groups.push(Sighting { moment_us, made_us: None, source, value });
    }
    for vpc_id in vpcs {
        let name = format!("{vpc_id} 1");
        seen.listed.push(Mark { moment_us, kind: Kind::SecurityGroup, name });
    }
    seen
}

fn merged(files: &[Seen]) -> History {
    let mut history = History::default();
    for seen in files {
        history.merge(seen.clone(), None);
    }
    history
}

fn moment(moment_us: i64) -> String {
    match moment_us {
        i64::MIN => "ever".to_owned(),
        i64::MAX => "now".to_owned(),
        other => other.to_string(),
    }
}

/// Returns the facts about groups as `id=name from..until`.
fn shown(history: &History) -> String {
    let facts = &history.inventory.security_groups;
    let show = |it: &Fact<SecurityGroup>| {
        let (from, until) = (moment(it.validity.from_us), moment(it.validity.until_us));
        format!("{}={} {from}..{until}", it.value.id, it.value.name)
    };
    facts.iter().map(show).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_later_listing_closes_and_opens() {
    let first = file(10, &[("sg-a1", "x"), ("sg-a2", "x"), ("sg-b1", "x")], &["vpc-a", "vpc-b"]);
    let second = file(20, &[("sg-a1", "y"), ("sg-a3", "x")], &["vpc-a"]);
    let history = merged(&[first, second]);
    assert_eq!(
        shown(&history),
        "sg-a1=x 10..20, sg-a1=y 20..now, sg-a2=x 10..20, sg-a3=x 20..now, sg-b1=x 10..now"
    );
}

/// A listing of everything of one kind that the account `1` has in a region.
fn of_place(moment_us: i64, kind: Kind, region: &str) -> Seen {
    let (account_id, region) = ("1".to_owned(), region.to_owned());
    Seen { places: vec![PlaceMark { moment_us, kind, account_id, region }], ..Seen::default() }
}

#[test]
fn a_listing_of_a_region_closes_what_it_does_not_have_and_nothing_elsewhere() {
    let mut first = file(10, &[("sg-a1", "x"), ("sg-b1", "x")], &[]);
    for sighting in &mut first.security_groups {
        let region = if sighting.value.id == "sg-a1" { "here" } else { "there" };
        region.clone_into(&mut sighting.value.region);
    }
    let second = of_place(20, Kind::SecurityGroup, "here");
    let history = merged(&[first, second]);
    assert_eq!(shown(&history), "sg-a1=x 10..20, sg-b1=x 10..now");
}

#[test]
fn rules_of_a_group_that_is_gone_are_gone_and_so_is_a_vpc() {
    let mut first = file(10, &[("sg-a1", "x")], &[]);
    "here".clone_into(&mut first.security_groups[0].value.region);
    let source: Arc<str> = Arc::from("test");
    first.security_group_rules.push(Sighting {
        moment_us: 10,
        made_us: None,
        source: Arc::clone(&source),
        value: rule("sgr-1", 443),
    });
    first.security_group_rules[0].value.group_id = "sg-a1".to_owned();
    let vpc = |id: &str| Vpc {
        id: id.to_owned(),
        account_id: "1".to_owned(),
        region: "here".to_owned(),
        ..Vpc::default()
    };
    let see = |moment_us, id| Sighting {
        moment_us,
        made_us: None,
        source: Arc::clone(&source),
        value: vpc(id),
    };
    first.vpcs = vec![see(10, "vpc-1"), see(10, "vpc-2")];
    let mut vpcs = of_place(20, Kind::Vpc, "here");
    vpcs.vpcs = vec![see(20, "vpc-1")];
    let history = merged(&[first, of_place(20, Kind::SecurityGroup, "here"), vpcs]);
    let rule = &history.inventory.security_group_rules[0];
    assert_eq!(rule.validity, Validity { from_us: 10, until_us: 20 });
    let open = history.inventory.vpcs.iter().filter(|it| it.validity.is_open());
    assert_eq!(open.map(|it| it.value.id.as_str()).collect::<Vec<_>>(), ["vpc-1"]);
}

/// A listing of the groups of the region `here`, which does not say their rules.
fn groups_here(moment_us: i64, groups: &[&str]) -> Seen {
    let groups: Vec<(&str, &str)> = groups.iter().map(|it| (*it, "x")).collect();
    let mut seen = file(moment_us, &groups, &[]);
    for sighting in &mut seen.security_groups {
        "here".clone_into(&mut sighting.value.region);
    }
    seen.places = of_place(moment_us, Kind::SecurityGroup, "here").places;
    seen
}

#[test]
fn a_listing_of_groups_that_are_there_closes_no_rule_of_theirs() {
    let mut first = groups_here(10, &["sg-1", "sg-2"]);
    first.security_group_rules = rules(10, &[("sgr-1", 443)], false).security_group_rules;
    let mut of_other = first.security_group_rules[0].clone();
    of_other.value = SecurityGroupRule { group_id: "sg-2".to_owned(), ..rule("sgr-2", 443) };
    first.security_group_rules.push(of_other);
    let files = [first, groups_here(20, &["sg-1"])];
    assert_eq!(shown_rules(&files), "sgr-1 443 10..now, sgr-2 443 10..20");
}

#[test]
fn a_thing_whose_region_becomes_known_is_the_same_thing() {
    let first = file(10, &[("sg-a1", "x")], &[]);
    let mut second = file(20, &[("sg-a1", "x")], &[]);
    "here".clone_into(&mut second.security_groups[0].value.region);
    let history = merged(&[first.clone(), second, file(30, &[("sg-a1", "x")], &[])]);
    assert_eq!(shown(&history), "sg-a1=x 10..now");
    assert_eq!(history.inventory.security_groups[0].value.region, "here");
}

#[test]
fn what_is_no_listing_closes_nothing() {
    let first = file(10, &[("sg-a1", "x"), ("sg-a2", "x")], &["vpc-a"]);
    let second = file(20, &[("sg-a1", "y")], &[]);
    assert_eq!(
        shown(&merged(&[first, second])),
        "sg-a1=x 10..20, sg-a1=y 20..now, sg-a2=x 10..now"
    );
}

#[test]
fn an_older_file_fills_what_was_unknown_and_brings_nothing_back() {
    let newer = file(20, &[("sg-a1", "x")], &["vpc-a"]);
    let older = file(10, &[("sg-a1", "x"), ("sg-a2", "x")], &["vpc-a"]);
    assert_eq!(shown(&merged(&[newer, older])), "sg-a1=x 10..now, sg-a2=x 10..20");
}

#[test]
fn a_file_in_between_is_put_in_between() {
    let same = |it| file(it, &[("sg-a1", "x")], &["vpc-a"]);
    let other = file(25, &[("sg-a1", "y")], &["vpc-a"]);
    let history = merged(&[same(10), same(20), same(30), same(40), other]);
    assert_eq!(shown(&history), "sg-a1=x 10..25, sg-a1=y 25..30, sg-a1=x 30..now");
}

#[test]
fn what_is_gone_stays_gone_before_it_is_seen() {
    let mut gone = Seen::default();
    let name = "sg-a1".to_owned();
    gone.gone.push(Mark { moment_us: 20, kind: Kind::SecurityGroup, name });
    let older = file(10, &[("sg-a1", "x")], &[]);
    assert_eq!(shown(&merged(&[gone.clone(), older.clone()])), "sg-a1=x 10..20");
    assert_eq!(shown(&merged(&[older, gone])), "sg-a1=x 10..20");
}

#[test]
fn since_reaches_back_to_when_it_was_made_and_not_beyond_what_is_known() {
    let mut history = History::default();
    let mut seen = file(50, &[("sg-a1", "x"), ("sg-a2", "x")], &["vpc-a"]);
    seen.security_groups[1].made_us = Some(30);
    let changes = history.merge(seen.clone(), Some(10));
    assert_eq!(shown(&history), "sg-a1=x 10..now, sg-a2=x 30..now");
    assert_eq!(changes.known_from_us, None);
    // What was imported without it before is given it now.
    let mut history = merged(&[file(40, &[("sg-a2", "x")], &["vpc-a"]), seen.clone()]);
    let changes = history.merge(seen, Some(20));
    assert_eq!(shown(&history), "sg-a1=x 50..now, sg-a2=x 30..now");
    assert_eq!(changes.counts[&Kind::SecurityGroup].n_extended, 1);
}

#[test]
fn two_files_of_one_moment_add_up() {
    let first = file(10, &[("sg-a1", "x")], &["vpc-a"]);
    let second = file(10, &[("sg-a2", "x")], &["vpc-a"]);
    assert_eq!(shown(&merged(&[first, second])), "sg-a1=x 10..now, sg-a2=x 10..now");
    let clash = file(10, &[("sg-a1", "x"), ("sg-a1", "y")], &[]);
    let changes = History::default().merge(clash, None);
    assert_eq!(changes.notes[0].reason, "looks different in test 10, at the same moment");
}

#[test]
fn what_two_listings_of_a_merge_have_is_counted_once() {
    let mut history = merged(&[file(10, &[("sg-a1", "x"), ("sg-a2", "x")], &["vpc-a"])]);
    let mut seen = file(20, &[("sg-a1", "x"), ("sg-a2", "x"), ("sg-a3", "x")], &["vpc-a"]);
    let later = file(30, &[("sg-a1", "x"), ("sg-a2", "y"), ("sg-a3", "x")], &["vpc-a"]);
    seen.security_groups.extend(later.security_groups);
    seen.listed.extend(later.listed);
    let counts = history.merge(seen, None).counts[&Kind::SecurityGroup];
    let expected = Counts { n_opened: 1, n_changed: 1, n_unchanged: 1, ..Counts::default() };
    assert_eq!(counts, expected);
}

/// A rule of `sg-1` that lets in a port.
fn rule(id: &str, port: i32) -> SecurityGroupRule {
    let mut rule = SecurityGroupRule {
        id: id.to_owned(),
        group_id: "sg-1".to_owned(),
        is_egress: false,
        protocol: Some(6),
        from_port: Some(port),
        to_port: Some(port),
        peer: Peer::PrefixList("pl-1".to_owned()),
        description: String::new(),
    };
    if id.is_empty() {
        rule.id = crate::kind::rule_key(&rule);
    }
    rule
}

fn rules(moment_us: i64, rules: &[(&str, i32)], is_listing: bool) -> Seen {
    let mut seen = Seen::default();
    for (id, port) in rules {
        let value = rule(id, *port);
        let source = Arc::from("test");
        seen.security_group_rules.push(Sighting { moment_us, made_us: None, source, value });
    }
    if is_listing {
        let name = "sg-1".to_owned();
        seen.listed.push(Mark { moment_us, kind: Kind::SecurityGroupRule, name });
    }
    seen
}

fn shown_rules(files: &[Seen]) -> String {
    let history = merged(files);
    let show = |it: &Fact<SecurityGroupRule>| {
        let (from, until) = (moment(it.validity.from_us), moment(it.validity.until_us));
        format!("{} {:?} {from}..{until}", it.value.id, it.value.from_port.unwrap())
    };
    let facts = &history.inventory.security_group_rules;
    facts.iter().map(show).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_rule_has_its_name_once_any_file_names_it() {
    let bare = |it| rules(it, &[("", 22)], true);
    let named = rules(20, &[("sgr-1", 22)], true);
    assert_eq!(shown_rules(&[bare(10), named.clone(), bare(30)]), "sgr-1 22 10..now");
    assert_eq!(shown_rules(&[bare(30), bare(10), named.clone()]), "sgr-1 22 10..now");
    assert_eq!(shown_rules(&[named.clone(), bare(20)]), "sgr-1 22 20..now");
    assert_eq!(shown_rules(&[bare(20), named]), "sgr-1 22 20..now");
}

#[test]
fn a_rule_that_was_modified_keeps_its_name_and_never_says_two_things() {
    let (before, after) = (rules(10, &[("sgr-1", 22)], true), rules(20, &[("sgr-1", 23)], false));
    assert_eq!(shown_rules(&[before, after]), "sgr-1 22 10..20, sgr-1 23 20..now");
}

#[test]
fn of_two_that_disagree_the_one_that_aws_names_is_kept() {
    let mut seen = rules(10, &[("", 22), ("sgr-1", 22)], true);
    seen.security_group_rules[0].value.description = "before".to_owned();
    let mut history = History::default();
    let changes = history.merge(seen, None);
    assert_eq!(changes.notes.len(), 1);
    let rules = &history.inventory.security_group_rules;
    assert_eq!(rules.iter().map(|it| it.value.id.as_str()).collect::<Vec<_>>(), ["sgr-1"]);
}

#[test]
fn the_last_rule_of_a_group_can_go() {
    let files = [rules(10, &[("", 22)], true), rules(20, &[], true)];
    assert_eq!(shown_rules(&files), "sg-1/ingress/6:22-22/pl-1 22 10..20");
}

/// A file with any of six groups in two VPCs, complete or not.
fn any_file() -> impl Strategy<Value = (Vec<Option<u8>>, bool, bool)> {
    let groups = prop::collection::vec(prop::option::of(0..3_u8), 6);
    (groups, any::<bool>(), any::<bool>())
}

fn files(files: &[(Vec<Option<u8>>, bool, bool)]) -> Vec<Seen> {
    let ids = ["sg-a1", "sg-a2", "sg-a3", "sg-b1", "sg-b2", "sg-b3"];
    let names = ["x", "y", "z"];
    let seen = files.iter().enumerate().map(|(index, (groups, is_a_listed, is_b_listed))| {
        let there = ids.iter().zip(groups);
        let there = there.filter_map(|(id, name)| Some((*id, names[usize::from((*name)?)])));
        let mut vpcs = Vec::new();
        vpcs.extend(is_a_listed.then_some("vpc-a"));
        vpcs.extend(is_b_listed.then_some("vpc-b"));
        file(10 * (1 + i64::try_from(index).unwrap()), &there.collect::<Vec<_>>(), &vpcs)
    });
    seen.collect()
}

proptest! {
    /// The order in which files come does not matter, and a file that came before changes nothing.
    #[test]
    fn files_in_any_order_and_again_make_the_same_history(
        (drawn, order) in prop::collection::vec(any_file(), 1..8).prop_flat_map(|it| {
            let order: Vec<usize> = (0..it.len()).collect();
            (Just(it), Just(order).prop_shuffle())
        })
    ) {
        let files = files(&drawn);
        let sorted = merged(&files);
        let shuffled: Vec<Seen> = order.iter().map(|it| files[*it].clone()).collect();
        let mut other = merged(&shuffled);
        prop_assert_eq!(shown(&sorted), shown(&other));
        prop_assert_eq!(&sorted.moments, &other.moments);
        let before = other.clone();
        let changes = other.merge(files[order[0]].clone(), None);
        prop_assert_eq!(&before, &other);
        prop_assert!(changes.counts.values().all(|it| !it.is_change()));
    }

    /// Facts of one thing do not overlap, and what was seen is what holds at the moment.
    #[test]
    fn ranges_do_not_overlap_and_tell_what_was_seen(drawn in prop::collection::vec(any_file(), 1..8)) {
        let files = files(&drawn);
        let history = merged(&files);
        let facts = &history.inventory.security_groups;
        for pair in facts.windows(2) {
            let is_same_id = pair[0].value.id == pair[1].value.id;
            prop_assert!(pair[0].value.id <= pair[1].value.id);
            prop_assert!(!is_same_id || pair[0].validity.until_us <= pair[1].validity.from_us);
        }
        for sighting in files.iter().flat_map(|it| &it.security_groups) {
            let holds = facts.iter().any(|it| {
                it.value == sighting.value && it.validity.contains(sighting.moment_us)
            });
            prop_assert!(holds, "{sighting:?}");
        }
    }
}
