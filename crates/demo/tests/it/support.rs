//! A world read back with means that are not the generator's own.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use tidegate_demo::{Object, Spec, Truth, World};

/// SYN, as AWS reports it.
pub(crate) const SYN: u64 = 0x02;

/// SYN with ACK, as AWS reports it.
pub(crate) const SYN_ACK: u64 = 0x12;

/// A run: every object, sorted by key, and the truth.
pub(crate) struct Run {
    pub world: World,
    pub objects: Vec<Object>,
    pub truth: Truth,
}

/// A record: the object it stands in, and its fields by name.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub object: usize,
    pub fields: BTreeMap<String, String>,
}

impl Record {
    pub(crate) fn text(&self, name: &str) -> &str {
        &self.fields[name]
    }

    pub(crate) fn number(&self, name: &str) -> u64 {
        self.fields[name].parse().unwrap_or_else(|_| panic!("{name} is {}", self.fields[name]))
    }

    pub(crate) fn is_ok(&self) -> bool {
        self.text("log-status") == "OK"
    }

    /// Returns several fields, joined by spaces.
    pub(crate) fn texts(&self, names: &[&str]) -> String {
        names.iter().map(|it| self.text(it)).collect::<Vec<_>>().join(" ")
    }
}

pub(crate) fn run(spec: Spec) -> Run {
    let world = World::new(spec).unwrap();
    let mut objects = Vec::new();
    let truth = world
        .generate(&mut |object| {
            objects.push(object);
            Ok(())
        })
        .unwrap();
    objects.sort_by(|one, other| one.key.cmp(&other.key));
    Run { world, objects, truth }
}

pub(crate) fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

/// Returns every record of text objects; panics if a line has not what the header names.
pub(crate) fn records(objects: &[Object]) -> Vec<Record> {
    let mut records = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        let text = gunzip(&object.bytes);
        assert!(text.ends_with('\n'), "{} has an open end", object.key);
        let mut lines = text.lines();
        let names: Vec<&str> = lines.next().unwrap().split(' ').collect();
        for line in lines {
            let cells: Vec<&str> = line.split(' ').collect();
            assert_eq!(cells.len(), names.len(), "{line}");
            let pairs = names.iter().zip(cells).map(|(name, cell)| (name.to_string(), cell.into()));
            records.push(Record { object: index, fields: pairs.collect() });
        }
    }
    records
}

/// What the truth says of a record.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub initiator: String,
    pub label: String,
    pub direction: String,
    pub security_group_ids: String,
    pub peer_security_group_ids: String,
    pub is_counted: bool,
}

/// Returns the truth of every record, in the order of [`records`].
pub(crate) fn rows(run: &Run) -> Vec<Row> {
    let file = gunzip(&run.truth.records_csv_gz().unwrap().unwrap());
    let mut lines = file.lines();
    let header = "initiator,label,direction,security_group_ids,peer_security_group_ids,counted";
    assert_eq!(lines.next(), Some(header));
    let row = |line: &str| {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let Ok([initiator, label, direction, own, peer, counted]) = <[String; 6]>::try_from(cells)
        else {
            panic!("{line} has other cells");
        };
        Row {
            initiator,
            label,
            direction,
            security_group_ids: own,
            peer_security_group_ids: peer,
            is_counted: counted.parse().unwrap(),
        }
    };
    lines.map(row).collect()
}

/// Returns all 54 fields of VPC flow logs, the last first.
pub(crate) fn every_field() -> Vec<String> {
    use tidegate_model::field::{FIELDS, Origin};
    let vpc = FIELDS.iter().filter(|it| it.origin != Origin::TransitGateway);
    vpc.rev().map(|it| it.name.to_owned()).collect()
}
