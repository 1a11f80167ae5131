//! Encodes a column of lists of text of a row group, as [`text_chunk`](super::text_chunk) does text.
//!
//! Lists are few and rows are many: the levels and places of a list are worked out once, and a row
//! only appends them.

use parquet::errors::Result;
use parquet::schema::types::ColumnDescPtr;
use tidegate_model::columns::NULL;

use super::bits::{levels, pack, places};
use super::pages::{Chunk, Form, Pages};
use super::text_chunk::{dictionary, renumber, text_statistics};

/// Definition levels of `optional list, repeated group, optional element`.
const DEF_NULL: u32 = 0;
const DEF_EMPTY: u32 = 1;
const DEF_VALUE: u32 = 3;

/// Bits of a definition level and of a repetition level.
const DEF_BITS: u32 = 2;
const REP_BITS: u32 = 1;

/// Lists of a row group: an id per row, and the lists that the ids stand for.
pub(super) struct Lists<'a> {
    pub(super) ids: &'a [u32],
    pub(super) values: &'a [Vec<String>],
}

/// Levels and values of all rows, one after the other.
#[derive(Default)]
struct Shredded {
    def: Vec<u32>,
    rep: Vec<u32>,
    at: Vec<u32>,
    n_nulls: u64,
}

impl Shredded {
    fn push(&mut self, list: Option<&Vec<u32>>) {
        let Some(list) = list.filter(|it| !it.is_empty()) else {
            self.def.push(if list.is_none() { DEF_NULL } else { DEF_EMPTY });
            self.rep.push(0);
            self.n_nulls += 1;
            return;
        };
        self.at.extend_from_slice(list);
        self.def.extend(list.iter().map(|_| DEF_VALUE));
        self.rep.extend((0..list.len()).map(|it| u32::from(it > 0)));
    }
}

/// Encodes the lists of a row group.
pub(super) fn encode(lists: &Lists<'_>, column: &ColumnDescPtr, form: &Form<'_>) -> Result<Chunk> {
    let mut elements: Vec<String> = lists.values.iter().flatten().cloned().collect();
    elements.sort_unstable();
    elements.dedup();
    let id = |it: &String| elements.binary_search(it).ok().and_then(|it| u32::try_from(it).ok());
    let by_list: Vec<Vec<u32>> =
        lists.values.iter().map(|list| list.iter().filter_map(id).collect()).collect();
    let mut shredded = Shredded::default();
    for id in lists.ids {
        shredded.push((*id != NULL).then(|| &by_list[*id as usize]));
    }
    let Shredded { def, rep, mut at, n_nulls } = shredded;
    let used = renumber(&mut at, &elements);
    let mut body = Vec::new();
    levels(&mut body, |it| pack(it, rep.iter().copied(), REP_BITS));
    levels(&mut body, |it| pack(it, def.iter().copied(), DEF_BITS));
    places(&mut body, at.iter().copied(), used.len());
    let pages = Pages {
        n_rows: lists.ids.len(),
        n_values: def.len(),
        dictionary: Some(dictionary(&used)),
        body,
    };
    pages.write(column, form, text_statistics(&used, n_nulls), None)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, ListBuilder, RecordBatch, StringBuilder};
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use proptest::prelude::*;
    use tidegate_model::columns::{Column, Columns};

    use crate::layout::{arrange, files};

    /// Encodes lists as a file and returns what is read from it.
    fn check(lists: &[Option<Vec<String>>]) -> ArrayRef {
        let mut columns = Columns { n_rows: lists.len(), ..Columns::default() };
        let values: Vec<Vec<String>> = lists.iter().flatten().cloned().collect();
        let mut next = 0..;
        let ids = lists.iter().map(|it| match it {
            Some(_) => next.next().unwrap(),
            None => u32::MAX,
        });
        columns.put("security_group_ids", Column::Lists { ids: ids.collect(), values });
        let file = files(&arrange(columns).unwrap()).unwrap().remove(0);
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::clone(&file.bytes)).unwrap();
        let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
        let arrays: Vec<&dyn arrow::array::Array> =
            batches.iter().map(|it| it.column(0).as_ref()).collect();
        arrow::compute::concat(&arrays).unwrap()
    }

    fn expected(lists: &[Option<Vec<String>>]) -> ArrayRef {
        let field = arrow::datatypes::Field::new("element", arrow::datatypes::DataType::Utf8, true);
        let mut builder = ListBuilder::new(StringBuilder::new()).with_field(Arc::new(field));
        for list in lists {
            builder.append_option(list.as_ref().map(|it| it.iter().map(Some)));
        }
        Arc::new(builder.finish())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn lists_come_back_as_they_were(
            lists in prop::collection::vec(prop::option::of(prop::collection::vec("sg-[0-9]{1,3}", 0..4)), 1..200)
        ) {
            prop_assert_eq!(&check(&lists), &expected(&lists));
        }
    }
}
