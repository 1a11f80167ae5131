//! A synthetic world, with its inventory and its records, enriched.

use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use tidegate_decode::{BadLine, Decoder, Options, Sink};
use tidegate_demo::{Object, Spec, Truth, World};
use tidegate_enrich::{Context, Evidence, Network};
use tidegate_inventory::read::{Extent, File, read};
use tidegate_inventory::{History, Seen};
use tidegate_model::columns::Columns;
use tidegate_model::inventory::{Inventory, Validity};

/// A world as a lake would have it.
pub(crate) struct Made {
    pub(crate) inventory: Inventory,
    pub(crate) rows: Columns,
    pub(crate) truth: Truth,
}

#[derive(Default)]
struct Kept(Vec<RecordBatch>);

impl Sink for Kept {
    fn batch(&mut self, batch: RecordBatch) {
        self.0.push(batch);
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        panic!("{bad_line:?}");
    }
}

impl Made {
    pub(crate) fn new(spec: Spec) -> Self {
        let world = World::new(spec).unwrap();
        let mut objects: Vec<Object> = Vec::new();
        let truth = world
            .generate(&mut |object| {
                objects.push(object);
                Ok(())
            })
            .unwrap();
        objects.sort_by(|one, other| one.key.cmp(&other.key));
        let inventory = inventory(&world, &truth);
        let rows = enriched(&inventory, &objects);
        Self { inventory, rows, truth }
    }

    /// Returns the time of the world.
    pub(crate) fn window(&self) -> Validity {
        let micros = |it: u64| i64::try_from(it).unwrap() * 1_000_000;
        Validity { from_us: micros(self.truth.from_s), until_us: micros(self.truth.until_s) }
    }
}

fn inventory(world: &World, truth: &Truth) -> Inventory {
    let mut seen = Seen::default();
    let micros = |it: u64| i64::try_from(it).unwrap() * 1_000_000;
    let mut add = |name: &str, bytes: &[u8]| {
        let moment_us = micros(truth.until_s);
        read(&File { name, bytes, moment_us, extent: Extent::Complete }, &mut seen);
    };
    for (name, listing) in world.network_json() {
        add(&name, listing.to_string().as_bytes());
    }
    for file in world.config_history() {
        let (name, bytes) = file.unwrap();
        add(&name, &bytes);
    }
    assert_eq!(seen.notes, []);
    let mut history = History::default();
    history.merge(seen, Some(micros(truth.from_s)));
    history.inventory
}

fn enriched(inventory: &Inventory, objects: &[Object]) -> Columns {
    let mut batches = Vec::new();
    for object in objects {
        let mut decoder = Decoder::new(Options::default());
        let mut kept = Kept::default();
        decoder.decode_bytes(&Bytes::copy_from_slice(&object.bytes), &mut kept);
        decoder.flush(&mut kept);
        batches.extend(kept.0);
    }
    let mut rows = Columns::merge(batches).unwrap();
    let network = Network::new(inventory);
    let mut evidence = Evidence::default();
    evidence.observe(&rows);
    evidence.pin();
    tidegate_enrich::apply(&mut rows, &Context { network: &network, evidence: &evidence });
    rows.settle();
    rows
}
