//! Facts as tables and back.

use std::path::Path;

use tidegate_inventory::read::{Extent, read};
use tidegate_inventory::{File, History, Kind, Seen, table};
use tidegate_model::inventory::Inventory;

use crate::support::MOMENT_US;

/// Merges all golden files into one history.
fn everything() -> History {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data");
    let mut seen = Seen::default();
    let mut paths: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    for (index, path) in paths.iter().enumerate() {
        let bytes = std::fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let moment_us = MOMENT_US + i64::try_from(index).unwrap();
        read(&File { name, bytes: &bytes, moment_us, extent: Extent::Complete }, &mut seen);
    }
    let mut history = History::default();
    history.merge(seen, Some(MOMENT_US - 1));
    history
}

#[test]
fn a_stored_inventory_is_the_same_inventory() {
    let history = everything();
    let mut inventory = Inventory::default();
    for kind in Kind::ALL {
        let batch = table::to_batch(kind, &history.inventory).unwrap();
        assert!(batch.num_rows() > 0, "{kind:?}");
        assert_eq!(batch.schema(), table::schema(kind));
        table::read_into(kind, &batch, &mut inventory).unwrap();
    }
    assert_eq!(inventory, history.inventory);
    let batch = table::moments_to_batch(&history.moments).unwrap();
    assert_eq!(table::moments_from_batches(&[batch]).unwrap(), history.moments);
}

#[test]
fn a_table_of_an_older_version_lacks_columns_and_a_foreign_one_is_refused() {
    let history = everything();
    let batch = table::to_batch(Kind::Vpc, &history.inventory).unwrap();
    let narrow = batch.project(&[0, 1]).unwrap();
    let mut inventory = Inventory::default();
    table::read_into(Kind::Vpc, &narrow, &mut inventory).unwrap();
    let vpc = &inventory.vpcs[0];
    assert_eq!((vpc.value.id.as_str(), vpc.validity.is_open()), ("vpc-1", true));
    let foreign = table::moments_to_batch(&history.moments).unwrap();
    let foreign = foreign.project(&[2]).unwrap();
    let columns = vec![("id", foreign.column(0).clone())];
    let foreign = arrow::array::RecordBatch::try_from_iter(columns).unwrap();
    let error = table::read_into(Kind::Vpc, &foreign, &mut inventory).unwrap_err();
    assert!(error.to_string().starts_with("column `id` of the table `vpcs` is"), "{error}");
}
