//! How often the initiator is right, on captures whose truth is known.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use tidegate_enrich::{Context, Evidence, Network};
use tidegate_model::columns::Columns;

use crate::support;

/// What a set must reach, in percent.
struct Least {
    right: f64,
    decided: f64,
}

const ALL_FIELDS: Least = Least { right: 99.8, decided: 99.5 };
const DEFAULT_FIELDS: Least = Least { right: 97.0, decided: 98.0 };

/// The fields of the default format.
const DEFAULT: &[&str] = &[
    "version",
    "account_id",
    "interface_id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log_status",
];

/// How many rows are read before they are enriched.
#[derive(Clone, Copy, Debug)]
enum Gather {
    All,
    OneObject,
}

/// Rows of a source: right, wrong, undecided.
type Tally = BTreeMap<String, [usize; 3]>;

fn load(folder: &Path, keep: Option<&[&str]>, gather: Gather) -> Vec<Columns> {
    let batches = |path: &std::path::PathBuf| {
        let batches = support::decode(None, &std::fs::read(path).unwrap()).into_iter();
        let batches = batches.map(|it| match keep {
            None => it,
            Some(keep) => {
                let fields = it.schema();
                let fields = fields.fields().iter().enumerate();
                let kept = fields.filter(|(_, field)| keep.contains(&field.name().as_str()));
                let kept: Vec<usize> = kept.map(|it| it.0).collect();
                it.project(&kept).unwrap()
            }
        });
        batches.collect::<Vec<_>>()
    };
    let objects = support::objects(folder);
    let parts: Vec<_> = objects.iter().map(batches).collect();
    let parts = match gather {
        Gather::All => vec![parts.into_iter().flatten().collect()],
        Gather::OneObject => parts,
    };
    parts.into_iter().map(|it| Columns::merge(it).unwrap()).collect()
}

fn measure(folder: &Path, keep: Option<&[&str]>, gather: Gather) -> Tally {
    let truth = support::gunzip(&std::fs::read(folder.join("truth.csv.gz")).unwrap());
    let mut truth = truth.lines().skip(1).map(|it| it.split(',').next().unwrap());
    let listing = std::fs::read(folder.join("interfaces.json")).unwrap();
    let listing = serde_json::from_slice(&listing).unwrap();
    let network = Network::new(&support::inventory(&listing));
    let mut evidence = Evidence::default();
    let mut tally = Tally::new();
    for mut columns in load(folder, keep, gather) {
        evidence.observe(&columns);
        evidence.pin();
        tidegate_enrich::apply(&mut columns, &Context { network: &network, evidence: &evidence });
        let rows = support::table(&columns, &["protocol", "initiator", "initiator_source"]);
        for row in rows {
            let expected = truth.next().unwrap();
            let [protocol, initiator, source] = row.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{row}")
            };
            if protocol == "6" || protocol == "17" {
                let column = match initiator {
                    "unknown" => 2,
                    it => usize::from(it != expected),
                };
                tally.entry(source.to_owned()).or_default()[column] += 1;
            }
        }
    }
    assert_eq!(truth.next(), None, "more truth than records");
    tally
}

#[expect(clippy::cast_precision_loss, reason = "counts of records are far below 2^52")]
fn check(name: &str, keep: Option<&[&str]>, gather: Gather, least: &Least) {
    let Some(folder) = support::shared(name) else { return };
    let tally = measure(&folder, keep, gather);
    let n: usize = tally.values().flatten().sum();
    let sum = |at: usize| tally.values().map(|it| it[at]).sum::<usize>();
    let n_decided = n - sum(2);
    let decided = 100.0 * n_decided as f64 / n as f64;
    let right = 100.0 * sum(0) as f64 / n_decided as f64;
    let fields = keep.map_or("all fields", |_| "default fields");
    let mut report = format!(
        "{name}, {fields}, {gather:?}: {n} records, decided {decided:.3} %, right {right:.3} %\n"
    );
    for (source, [right, wrong, undecided]) in &tally {
        let counts = format!("right {right:>7} wrong {wrong:>5} undecided {undecided:>5}");
        writeln!(report, "  {source:<11} {counts}").unwrap();
    }
    print(&report);
    assert!(decided >= least.decided, "{name}, {fields}: decided {decided:.3} %");
    assert!(right >= least.right, "{name}, {fields}: right {right:.3} %");
    assert_eq!(tally.get("syn").map_or(0, |it| it[1]), 0, "{name}: wrong by SYN");
}

/// The table is for whoever runs the test with its output shown.
#[expect(clippy::print_stderr, reason = "the measurement is the point")]
fn print(report: &str) {
    eprint!("{report}");
}

#[test]
fn with_all_fields_the_initiator_is_right() {
    for name in ["public-host-72h", "apt29-lab"] {
        check(name, None, Gather::All, &ALL_FIELDS);
        check(name, None, Gather::OneObject, &ALL_FIELDS);
    }
}

#[test]
fn with_the_default_fields_the_initiator_is_nearly_always_right() {
    for name in ["public-host-72h", "apt29-lab"] {
        check(name, Some(DEFAULT), Gather::All, &DEFAULT_FIELDS);
        check(name, Some(DEFAULT), Gather::OneObject, &DEFAULT_FIELDS);
    }
}
