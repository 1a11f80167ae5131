//! Shows what is known.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray as _, RecordBatch};
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use tidegate_inventory::read::{Extent, read};
use tidegate_inventory::{Changes, File, History, Kind, Note, Seen, table};

/// 2026-03-02T00:00:00Z, in microseconds since the Unix epoch.
pub(crate) const MOMENT_US: i64 = 1_772_409_600_000_000;

/// Reads a complete file that was taken at [`MOMENT_US`].
pub(crate) fn seen(name: &str, bytes: &[u8]) -> Seen {
    let mut seen = Seen::default();
    let file = File { name, bytes, moment_us: MOMENT_US, extent: Extent::Complete };
    read(&file, &mut seen);
    seen
}

/// Merges what was seen into nothing.
pub(crate) fn history(seen: Seen) -> (History, Changes) {
    let mut history = History::default();
    let changes = history.merge(seen, None);
    (history, changes)
}

/// Returns the facts as lines of JSON by kind, as they are stored.
pub(crate) fn shown(history: &History) -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        let batch = without_zones(&table::to_batch(kind, &history.inventory).unwrap());
        if batch.num_rows() > 0 {
            let mut writer = arrow::json::LineDelimitedWriter::new(Vec::new());
            writer.write(&batch).unwrap();
            writer.finish().unwrap();
            let lines = String::from_utf8(writer.into_inner()).unwrap();
            writeln!(text, "{}\n{lines}", kind.table()).unwrap();
        }
    }
    text
}

/// Returns notes as lines.
pub(crate) fn told(notes: &[Note]) -> String {
    let lines = notes.iter().map(|it| format!("{}: {}: {}", it.file, it.place, it.reason));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the batch with times as they are written without a database of time zones.
fn without_zones(batch: &RecordBatch) -> RecordBatch {
    let plain = |column: &ArrayRef| -> ArrayRef {
        match column.data_type() {
            DataType::Timestamp(..) => {
                let times = column.as_primitive::<TimestampMicrosecondType>();
                Arc::new(times.clone().with_timezone_opt(None::<Arc<str>>))
            }
            _ => Arc::clone(column),
        }
    };
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    let columns = columns.map(|(field, column)| (field.name(), plain(column)));
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, it)| (name, it, true))).unwrap()
}
