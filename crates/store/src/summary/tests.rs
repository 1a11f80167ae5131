//! The sums of a summary are those of the rows, however they are counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanArray, Int32Array, Int64Array, RecordBatch,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};
use bytes::Bytes;
use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use proptest::prelude::*;
use proptest::sample::Index;
use tidegate_model::columns::{Column, Columns, Keys, NULL, OfKeys};
use tidegate_model::schema::table_schema;
use url::Url;

use super::dimension::Source;
use super::{DAY, DIMENSIONS, Dimension, Footer, HOUR, MINUTE, NEVER, Piece, Records, check, of};
use crate::Place;

const HOUR_US: i64 = 3_600_000_000;

/// Grain, dimension, value, bucket, action, direction and initiator.
type Key = (String, String, Option<String>, Option<i64>, [Option<String>; 3]);

/// Flows, bytes and packets.
type Sums = [i64; 3];

type Table = BTreeMap<Key, Sums>;

/// Returns the rows of the summary of these rows.
fn summed(columns: &Columns) -> Table {
    let bytes = of(columns, 0..columns.n_rows).unwrap().unwrap();
    let extracted = extracted(bytes.clone());
    let rows = check::read("test", bytes).unwrap();
    let text = |name: &str, row: usize| {
        let column = rows.column_by_name(name).unwrap().as_string::<i32>();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let number =
        |name: &str, row| rows.column_by_name(name).unwrap().as_primitive::<Int64Type>().value(row);
    let buckets = rows.column_by_name("bucket").unwrap();
    let buckets = buckets.as_primitive::<TimestampMicrosecondType>();
    let mut table = Table::new();
    for row in 0..rows.num_rows() {
        let ways = ["action", "direction", "initiator"].map(|it| text(it, row));
        let bucket = buckets.is_valid(row).then(|| buckets.value(row));
        let (grain, dimension) = (text("grain", row).unwrap(), text("dimension", row).unwrap());
        let key = (grain, dimension, text("value", row), bucket, ways);
        let sums = ["flows", "bytes", "packets"].map(|it| number(it, row));
        assert_eq!(table.insert(key, sums), None, "a row stands twice");
    }
    assert!(is_ordered(&rows));
    assert_eq!(extracted, table, "rows that are read dimension by dimension are all rows");
    table
}

/// Returns the same rows, read dimension by dimension out of the file.
fn extracted(bytes: Bytes) -> Table {
    let (path, n_bytes) = ("summary", bytes.len() as u64);
    let place = Place::new(Arc::new(InMemory::new()), &Url::parse("memory:///").unwrap()).unwrap();
    let mut table = Table::new();
    futures::executor::block_on(async {
        place.store.put(&place.path(path), bytes.into()).await.unwrap();
        let footer = Footer::read(&place, path, n_bytes).await.unwrap();
        for (grain, dimension) in
            DIMENSIONS.iter().flat_map(|it| [DAY, HOUR, MINUTE].map(|grain| (grain, it.name)))
        {
            let extract = footer.extract(&place, grain, dimension).await.unwrap();
            for piece in &extract.pieces {
                add_piece(&mut table, (grain, dimension), piece);
            }
        }
    });
    table
}

fn add_piece(table: &mut Table, (grain, dimension): (&str, &str), piece: &Piece) {
    for (row, pair) in piece.pair_of.iter().enumerate() {
        let (value, way) = piece.pairs[*pair as usize];
        let value = (value != NULL).then(|| piece.values.value(value as usize).to_owned());
        let minute = Some(piece.minutes[row]).filter(|it| *it != NEVER);
        let bucket = minute.map(|it| i64::from(it) * 60_000_000);
        let ways = piece.ways[way as usize].clone();
        let key = (grain.to_owned(), dimension.to_owned(), value, bucket, ways);
        let sums = [&piece.flows, &piece.bytes, &piece.packets].map(|it| it.value(row));
        assert_eq!(table.insert(key, sums), None, "a row stands twice");
    }
}

/// Whether grain and dimension ascend.
fn is_ordered(rows: &RecordBatch) -> bool {
    let text = |at: usize, row: usize| rows.column(at).as_string::<i32>().value(row).to_owned();
    let names: Vec<_> = (0..rows.num_rows()).map(|row| (text(0, row), text(1, row))).collect();
    names.is_sorted()
}

/// Cells of rows, one by one.
struct Naive {
    n_rows: usize,
    columns: BTreeMap<String, Column>,
}

impl Naive {
    fn new(columns: Columns) -> Self {
        let schema = table_schema();
        let named =
            columns.by_index.into_iter().map(|(at, it)| (schema.field(at).name().clone(), it));
        Self { n_rows: columns.n_rows, columns: named.collect() }
    }

    fn texts(&self, name: &str, row: usize) -> Vec<Option<String>> {
        match self.columns.get(name) {
            None => vec![None],
            Some(Column::Text { ids, values }) => vec![values.get(ids[row] as usize).cloned()],
            Some(Column::Lists { ids, values }) => match values.get(ids[row] as usize) {
                Some(list) if !list.is_empty() => list.iter().cloned().map(Some).collect(),
                _ => vec![None],
            },
            Some(_) => vec![self.number(name, row).map(|it| it.to_string())],
        }
    }

    fn text(&self, name: &str, row: usize) -> Option<String> {
        self.texts(name, row).remove(0)
    }

    fn number(&self, name: &str, row: usize) -> Option<i64> {
        let Some(Column::Plain(array)) = self.columns.get(name) else { return None };
        let is_there = array.is_valid(row);
        let value = match array.as_primitive_opt::<Int32Type>() {
            Some(array) => array.value(row).into(),
            None => array.as_primitive::<Int64Type>().value(row),
        };
        is_there.then_some(value)
    }

    fn end(&self, row: usize) -> Option<i64> {
        let Some(Column::Plain(array)) = self.columns.get("end") else { return None };
        let ends = array.as_primitive::<TimestampMicrosecondType>();
        ends.is_valid(row).then(|| ends.value(row))
    }

    fn sums(&self, row: usize) -> Sums {
        let counted = match self.columns.get("counted") {
            Some(Column::Plain(it)) if it.is_valid(row) => Some(it.as_boolean().value(row)),
            _ => None,
        };
        let is_duplicate = self.text("vantage", row).as_deref() == Some("duplicate");
        let is_rejected = self.text("action", row).as_deref() == Some("REJECT");
        let is_counted = counted != Some(false) || is_rejected && !is_duplicate;
        let amount = |name| self.number(name, row).filter(|_| is_counted).unwrap_or(0);
        [1, amount("bytes"), amount("packets")]
    }

    /// Returns the values of a dimension, and whether each is to be taken away.
    fn values(&self, source: Source, name: &str, row: usize) -> Vec<(Option<String>, bool)> {
        let port = |name: &str| vec![(self.text(name, row), false)];
        match source {
            Source::Nothing => vec![(None, false)],
            Source::ServerPort => match self.text("initiator", row).as_deref() {
                Some("src") => port("dstport"),
                Some("dst") => port("srcport"),
                _ => vec![(None, false)],
            },
            Source::Moved { from, to } => {
                let (from, to) = (self.text(from, row), self.text(to, row));
                if to.is_none() || from == to { vec![] } else { vec![(from, true), (to, false)] }
            }
            _ => self.texts(name, row).into_iter().map(|it| (it, false)).collect(),
        }
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        let all = |row| DIMENSIONS.iter().map(move |dimension| (row, dimension));
        for (row, dimension) in (0..self.n_rows).flat_map(all) {
            for (value, is_less) in self.values(dimension.source, dimension.name, row) {
                self.add(&mut table, row, dimension, (value, is_less));
            }
        }
        table.retain(|_, sums| *sums != [0; 3]);
        table
    }

    fn add(
        &self,
        table: &mut Table,
        row: usize,
        dimension: &Dimension,
        (value, is_less): (Option<String>, bool),
    ) {
        let ways = ["action", "direction", "initiator"].map(|it| self.text(it, row));
        if dimension.records == Records::Rejected && ways[0].as_deref() != Some("REJECT") {
            return;
        }
        let grains = [(DAY, 24 * HOUR_US), (HOUR, HOUR_US), (MINUTE, HOUR_US / 60)];
        let n_grains = if dimension.name.is_empty() { 3 } else { 2 };
        for (grain, length_us) in &grains[..n_grains] {
            let bucket = self.end(row).map(|it| it - it.rem_euclid(*length_us));
            let name = dimension.name.to_owned();
            let key = ((*grain).to_owned(), name, value.clone(), bucket, ways.clone());
            let sums = table.entry(key).or_insert([0; 3]);
            let sign = if is_less { -1 } else { 1 };
            for (sum, it) in sums.iter_mut().zip(self.sums(row)) {
                *sum = sum.wrapping_add(it.wrapping_mul(sign));
            }
        }
    }
}

fn check_all(columns: &Columns) {
    let mut settled = columns.clone();
    settled.settle();
    assert_eq!(
        summed(&settled),
        summed(columns),
        "values that follow from keys count as others do"
    );
    assert_eq!(summed(columns), Naive::new(settled).table());
}

fn texts(values: &[&str], picks: &[Option<Index>]) -> Column {
    let mut values: Vec<String> = values.iter().map(|it| (*it).to_owned()).collect();
    values.sort_unstable();
    let n = values.len();
    let ids = picks.iter().map(|it| it.map_or(NULL, |it| u32::try_from(it.index(n)).unwrap()));
    Column::Text { ids: ids.collect(), values }
}

fn picks(n_rows: usize) -> impl Strategy<Value = Vec<Option<Index>>> {
    prop::collection::vec(prop::option::weighted(0.9, any::<Index>()), n_rows)
}

fn numbers(n_rows: usize) -> impl Strategy<Value = Vec<Option<i64>>> {
    let number = prop_oneof![8 => 0..3_i64, 3 => 0..100_000_i64, 1 => any::<i64>()];
    prop::collection::vec(prop::option::weighted(0.9, number), n_rows)
}

fn int32(numbers: &[Option<i64>]) -> Column {
    let numbers = numbers.iter().map(|it| it.map(|it| i32::try_from(it).unwrap_or(i32::MIN)));
    Column::Plain(Arc::new(numbers.collect::<Int32Array>()))
}

fn int64(numbers: Vec<Option<i64>>) -> Column {
    Column::Plain(Arc::new(Int64Array::from(numbers)))
}

const ADDRESSES: [&str; 4] = ["10.0.0.1", "10.0.0.2", "192.0.2.1", "2001:db8::1"];

/// Columns of text, each with its values.
const TEXTS: &[(&str, &[&str])] = &[
    ("action", &["ACCEPT", "REJECT"]),
    ("direction", &["egress", "ingress", "unknown"]),
    ("initiator", &["dst", "src", "unknown"]),
    ("vantage", &["duplicate", "sender"]),
    ("log_status", &["NODATA", "OK"]),
    ("srcaddr", &ADDRESSES),
    ("dstaddr", &ADDRESSES),
    ("pkt_srcaddr", &ADDRESSES),
    ("pkt_dstaddr", &["10.0.0.2", "198.51.100.1"]),
    ("interface_id", &["eni-1", "eni-2"]),
    ("vpc_id", &["vpc-1"]),
    ("reject_cause", &["nacl", "security-group"]),
];

prop_compose! {
    /// Rows of one day.
    fn any_rows()(n_rows in 1..120_usize)(
        texts_of in prop::collection::vec(picks(n_rows), TEXTS.len()),
        is_there in prop::collection::vec(prop::bool::weighted(0.8), TEXTS.len()),
        numbers in prop::collection::vec(numbers(n_rows), 5),
        ends in prop::collection::vec(prop::option::weighted(0.9, 0..24 * HOUR_US), n_rows),
        counted in prop::collection::vec(prop::option::of(any::<bool>()), n_rows),
        groups in picks(n_rows),
        keys in prop::collection::vec(prop::sample::select(vec![0, 1, 2, NULL]), n_rows),
        of_keys in prop::collection::vec(prop::sample::select(vec![0, 1, NULL]), 3),
        day in -3..20_000_i64,
        n_rows in Just(n_rows),
    ) -> Columns {
        let mut columns = Columns { n_rows, ..Columns::default() };
        let named = TEXTS.iter().zip(&texts_of).zip(is_there).filter(|it| it.1);
        for (((name, values), picks), _) in named {
            columns.put(name, texts(values, picks));
        }
        for (name, numbers) in ["dstport", "srcport", "protocol"].into_iter().zip(&numbers) {
            columns.put(name, int32(numbers));
        }
        for (name, numbers) in ["bytes", "packets"].into_iter().zip(&numbers[3..]) {
            columns.put(name, int64(numbers.clone()));
        }
        let ends = ends.into_iter().map(|it| it.map(|it| day * 24 * HOUR_US + it));
        let ends: ArrayRef =
            Arc::new(ends.collect::<TimestampMicrosecondArray>().with_timezone("UTC"));
        columns.put("end", Column::Plain(ends));
        columns.put("counted", Column::Plain(Arc::new(BooleanArray::from(counted))));
        let lists = vec![vec!["sg-1".to_owned()], vec![], vec!["sg-0".into(), "sg-1".into()]];
        let Column::Text { ids, .. } = texts(&["a", "b", "c"], &groups) else { unreachable!() };
        columns.put("security_group_ids", Column::Lists { ids, values: lists });
        let keys = Keys::new(keys);
        let countries = ["AT", "DE"].map(str::to_owned).to_vec();
        let numbers = of_keys.iter().map(|it| (*it != NULL).then_some(i64::from(*it) + 64_512));
        columns.put_keyed("src_as_number", &keys, OfKeys::Int64(numbers.collect()));
        let of_keys = OfKeys::Text { ids: of_keys, values: countries };
        columns.put_keyed("src_country_code", &keys, of_keys);
        columns
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_are_those_of_the_rows(columns in any_rows()) {
        check_all(&columns);
    }
}

#[test]
fn many_values_and_row_groups_add_up_too() {
    let n_rows: u32 = 40_000;
    let mut columns = Columns { n_rows: n_rows as usize, ..Columns::default() };
    let address = |it: u32| format!("10.{}.{}.{}", it >> 16, it >> 8 & 255, it & 255);
    let ids = (0..n_rows).map(|it| it.wrapping_mul(7919) % 20_000).collect();
    columns.put("srcaddr", Column::text(ids, (0..20_000).map(address).collect()));
    let ends = (0..i64::from(n_rows)).map(|it| it * 1_700_000 % (24 * HOUR_US));
    let ends = TimestampMicrosecondArray::from_iter_values(ends).with_timezone("UTC");
    columns.put("end", Column::Plain(Arc::new(ends)));
    columns.put("bytes", int64((0..i64::from(n_rows)).map(Some).collect()));
    check_all(&columns);
}

#[test]
fn rows_of_two_days_have_no_summary() {
    let mut columns = Columns { n_rows: 2, ..Columns::default() };
    let ends = TimestampMicrosecondArray::from(vec![0, 24 * HOUR_US]).with_timezone("UTC");
    columns.put("end", Column::Plain(Arc::new(ends)));
    assert_eq!(of(&columns, 0..2).unwrap(), None);
    assert!(of(&columns, 0..1).unwrap().is_some());
    assert!(of(&columns, 1..2).unwrap().is_some());
}
