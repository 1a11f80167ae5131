//! A synthetic world, whose truth is known to the byte.

use arrow::record_batch::RecordBatch;
use tidegate_demo::{Object, Spec, Truth, World};
use tidegate_enrich::{Context, Evidence, Network};
use tidegate_model::columns::Columns;
use tidegate_model::field::DEFAULT_FORMAT;
use tidegate_model::inventory::Inventory;

use crate::support;

struct Run {
    inventory: Inventory,
    rows: Columns,
    truth: Truth,
}

fn run(format: Option<&[&str]>) -> Run {
    let mut spec = Spec { has_record_truth: true, ..Spec::small(7) };
    if let Some(format) = format {
        spec.format = format.iter().map(|it| (*it).to_owned()).collect();
    }
    let world = World::new(spec).unwrap();
    let mut objects: Vec<Object> = Vec::new();
    let truth = world
        .generate(&mut |object| {
            objects.push(object);
            Ok(())
        })
        .unwrap();
    objects.sort_by(|one, other| one.key.cmp(&other.key));
    let batches: Vec<RecordBatch> =
        objects.iter().flat_map(|it| support::decode(None, &it.bytes)).collect();
    let listings = world.network_json();
    let listing = listings.iter().find(|it| it.0 == "describe-network-interfaces.json").unwrap();
    Run { inventory: support::inventory(&listing.1), rows: Columns::merge(batches).unwrap(), truth }
}

fn enriched(run: &Run, inventory: &Inventory) -> Columns {
    let mut rows = run.rows.clone();
    let network = Network::new(inventory);
    let mut evidence = Evidence::default();
    evidence.observe(&rows);
    evidence.pin();
    tidegate_enrich::apply(&mut rows, &Context { network: &network, evidence: &evidence });
    rows
}

/// Returns the sum of a column over the rows that count.
fn counted(rows: &Columns, name: &str) -> u64 {
    let rows = support::table(rows, &["counted", name]);
    let counted = rows.iter().filter_map(|it| it.strip_prefix("true "));
    counted.filter_map(|it| it.parse::<u64>().ok()).sum()
}

/// Returns how many records of TCP and UDP are decided, and how many of them wrong.
fn initiators(run: &Run, rows: &Columns) -> (usize, usize, usize) {
    let truth = support::gunzip(&run.truth.records_csv_gz().unwrap().unwrap());
    let truth = truth.lines().skip(1).map(|it| it.split(',').next().unwrap().to_owned());
    let rows = support::table(rows, &["protocol", "initiator"]);
    let (mut n, mut n_decided, mut n_wrong) = (0, 0, 0);
    for (row, truth) in rows.iter().zip(truth) {
        let Some(initiator) = row.strip_prefix("6 ").or_else(|| row.strip_prefix("17 ")) else {
            continue;
        };
        n += 1;
        n_decided += usize::from(initiator != "unknown");
        n_wrong += usize::from(initiator != "unknown" && initiator != truth);
    }
    (n, n_decided, n_wrong)
}

#[test]
fn what_counts_is_what_crossed() {
    let run = run(None);
    let rows = enriched(&run, &run.inventory);
    assert_eq!(counted(&rows, "bytes"), run.truth.bytes_once);
    assert_eq!(counted(&rows, "packets"), run.truth.packets_once);
    let (n, n_decided, n_wrong) = initiators(&run, &rows);
    assert_eq!((n_decided, n_wrong), (n, 0));
}

#[test]
fn without_an_inventory_what_counts_is_nearly_what_crossed() {
    let run = run(None);
    let rows = enriched(&run, &Inventory::default());
    let n_wrong = counted(&rows, "bytes").abs_diff(run.truth.bytes_once);
    // Nobody knows then that the addresses of pods are those of a node that is logged.
    assert!(n_wrong < run.truth.bytes_once / 500, "{n_wrong} of {}", run.truth.bytes_once);
}

#[test]
fn what_counts_is_what_crossed_with_the_default_fields_too() {
    let run = run(Some(DEFAULT_FORMAT));
    let rows = enriched(&run, &run.inventory);
    assert_eq!(counted(&rows, "bytes"), run.truth.bytes_once);
    assert_eq!(counted(&rows, "packets"), run.truth.packets_once);
    let (n, n_decided, n_wrong) = initiators(&run, &rows);
    assert_eq!((n_decided, n_wrong), (n, 0));
}

#[test]
fn without_the_field_the_direction_is_the_same() {
    let run = run(None);
    let aws = support::values(&run.rows, "flow_direction");
    let mut bare = run;
    bare.rows.remove("flow_direction");
    let rows = enriched(&bare, &bare.inventory);
    let ours = support::values(&rows, "direction");
    let wrong = aws.iter().zip(&ours).filter(|(aws, ours)| aws != ours).count();
    assert_eq!(wrong, 0);
}
