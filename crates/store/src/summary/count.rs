//! Counts all dimensions, block by block of rows.

use std::sync::LazyLock;

use arrow::array::Array as _;
use arrow::datatypes::SchemaRef;
use tidegate_model::columns::{Column, Columns, NULL};
use tidegate_model::schema::table_schema;

use super::cells::{BLOCK_ROWS, Block, Cells};
use super::codes::Codes;
use super::dimension::{DIMENSIONS, Dimension, FAMILIES, Family, Records, Source};
use super::moved;
use super::runs::{Counted, Runs};
use super::tally::{ByCode, Entry, Sums, Tally, low, small};

/// Bits of a key.
const N_BITS: u32 = u64::BITS;

/// Places that are remembered, as bits of their number: rows that follow each other have few keys.
const LATELY_BITS: u32 = 10;

/// Multiplying by it spreads keys: the golden ratio in 64 bits, as Knuth has it.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Returns the sums of all dimensions.
pub(super) fn count<'a>(columns: &'a Columns, cells: &Cells<'_>) -> Runs<'a> {
    let mut counters = counters(columns, cells);
    let mut minutes = vec![Sums::default(); cells.n_minute_cells() as usize];
    let mut block = Block::default();
    let mut first = cells.rows.start;
    while first < cells.rows.end {
        let next = cells.rows.end.min(first + BLOCK_ROWS);
        cells.fill(&mut block, first..next);
        for (minute, sums) in block.minutes.iter().zip(&block.sums) {
            minutes[*minute as usize].add(*sums);
        }
        for counter in &mut counters {
            counter.add(&block, first - cells.rows.start, cells);
        }
        first = next;
    }
    let mut runs = Runs::new(&minutes, cells);
    for counter in counters {
        counter.finish(&mut runs, cells);
    }
    for dimension in DIMENSIONS {
        if let Source::Moved { from, to } = dimension.source {
            runs.push(
                moved::count(dimension, (get(columns, from), get(columns, to)), cells),
                cells,
            );
        }
    }
    runs
}

/// Returns the column called `name`, if any row has it.
fn get<'a>(columns: &'a Columns, name: &str) -> Option<&'a Column> {
    // The schema is made anew each time that it is asked for.
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(table_schema);
    columns.by_index.get(&SCHEMA.index_of(name).ok()?)
}

/// Something that is counted.
enum Counter<'a> {
    Alone(Alone<'a>),
    Together(Together<'a>),
    Keyed(Keyed<'a>),
    /// No row has a value.
    Absent(&'static Dimension),
}

/// One column with many values.
struct Alone<'a> {
    dimension: &'static Dimension,
    codes: Codes<'a>,
    tally: ByCode,
}

/// A column of a family.
struct Member<'a> {
    dimension: &'static Dimension,
    codes: Codes<'a>,
}

/// Columns whose codes fit into a key side by side.
struct Together<'a> {
    members: Vec<Member<'a>>,
    /// Bits of the cell in a key, which come first.
    n_cell_bits: u32,
    tally: Tally,
    /// The places that keys had lately, by a few bits of their product with [`SPREAD`].
    lately: Vec<u32>,
    keys: Vec<u64>,
}

/// Columns that follow from the same key.
struct Keyed<'a> {
    members: Vec<Member<'a>>,
    keys: &'a [u32],
    n_keys: u32,
    tally: ByCode,
}

fn counters<'a>(columns: &'a Columns, cells: &Cells<'_>) -> Vec<Counter<'a>> {
    let mut counters = Vec::new();
    for dimension in DIMENSIONS {
        let codes = match dimension.source {
            Source::Alone => {
                get(columns, dimension.name).map(|it| Codes::of(it, cells.rows.clone()))
            }
            Source::ServerPort => server_ports(columns, cells),
            Source::Nothing | Source::Moved { .. } | Source::Family(_) => continue,
        };
        let Some(codes) = codes else {
            counters.push(Counter::Absent(dimension));
            continue;
        };
        let tally = ByCode::new(codes.n_distinct, cells.n_cells());
        counters.push(Counter::Alone(Alone { dimension, codes, tally }));
    }
    for family in FAMILIES {
        add_family(&mut counters, *family, columns, cells);
    }
    counters
}

/// Returns the ports of the sides that did not open the connections; `None` if no row has one.
fn server_ports(columns: &Columns, cells: &Cells<'_>) -> Option<Codes<'static>> {
    let (src, dst) = (cells.initiator_of("src"), cells.initiator_of("dst"));
    if src.is_none() && dst.is_none() {
        return None;
    }
    let (src_ports, dst_ports) = (columns.int32("srcport"), columns.int32("dstport"));
    let port = |row: usize| {
        let ports = match Some(cells.initiator(row)) {
            it if it == src => dst_ports,
            it if it == dst => src_ports,
            _ => None,
        }?;
        ports.is_valid(row).then(|| i64::from(ports.value(row)))
    };
    Some(Codes::numbers(cells.rows.clone().map(port)))
}

fn add_family<'a>(
    counters: &mut Vec<Counter<'a>>,
    family: Family,
    columns: &'a Columns,
    cells: &Cells<'_>,
) {
    let mut members = Vec::new();
    let mut keyed: Option<Keyed<'a>> = None;
    for dimension in DIMENSIONS.iter().filter(|it| it.source == Source::Family(family)) {
        match get(columns, dimension.name) {
            None => counters.push(Counter::Absent(dimension)),
            Some(Column::Keyed { keys, of_keys }) => {
                let codes = Codes::of_keys(of_keys);
                let known = keyed.get_or_insert_with(|| Keyed::new(keys, cells));
                if std::ptr::eq(known.keys.as_ptr(), keys[cells.rows.clone()].as_ptr()) {
                    known.members.push(Member { dimension, codes });
                } else {
                    let mut other = Keyed::new(keys, cells);
                    other.members.push(Member { dimension, codes });
                    counters.push(Counter::Keyed(other));
                }
            }
            Some(column) => {
                let codes = Codes::of(column, cells.rows.clone());
                members.push(Member { dimension, codes });
            }
        }
    }
    counters.extend(keyed.map(Counter::Keyed));
    let n_cell_bits = u32::BITS - cells.n_cells().leading_zeros();
    while !members.is_empty() {
        let mut n_bits = n_cell_bits;
        let fits = |it: &Member<'_>| {
            n_bits += it.codes.n_bits();
            n_bits <= N_BITS
        };
        let n_fitting = members.iter().map(fits).take_while(|it| *it).count();
        let rest = members.split_off(n_fitting);
        let fitting = std::mem::replace(&mut members, rest);
        counters.push(Counter::Together(Together {
            members: fitting,
            n_cell_bits,
            tally: Tally::default(),
            lately: vec![u32::MAX; 1 << LATELY_BITS],
            keys: Vec::new(),
        }));
    }
}

impl<'a> Counter<'a> {
    /// Adds the rows of a block, of which the first is the `first` of the file.
    fn add(&mut self, block: &Block, first: usize, cells: &Cells<'_>) {
        match self {
            Self::Alone(it) => it.add(block, first, cells),
            Self::Together(it) => it.add(block, first),
            Self::Keyed(it) => it.add(block, first),
            Self::Absent(_) => {}
        }
    }

    fn finish(self, runs: &mut Runs<'a>, cells: &Cells<'_>) {
        match self {
            Self::Alone(it) => runs.push(it.finish(), cells),
            Self::Together(it) => it.finish(cells).into_iter().for_each(|it| runs.push(it, cells)),
            Self::Keyed(it) => it.finish(cells).into_iter().for_each(|it| runs.push(it, cells)),
            Self::Absent(dimension) => runs.push_absent(dimension, cells),
        }
    }
}

impl<'a> Alone<'a> {
    fn add(&mut self, block: &Block, first: usize, cells: &Cells<'_>) {
        let codes = self.codes.codes(first..first + block.sums.len());
        let rows = codes.zip(&block.cells).zip(&block.sums);
        let entries = rows.map(|((code, cell), sums)| Entry { code, cell: *cell, sums: *sums });
        match self.dimension.records {
            Records::All => self.tally.extend(entries),
            Records::Rejected => {
                self.tally.extend(entries.filter(|it| cells.is_rejected(it.cell)));
            }
        }
    }

    fn finish(self) -> Counted<'a> {
        let hours = self.tally.into_entries();
        Counted { dimension: self.dimension, labels: self.codes.labels, hours }
    }
}

impl<'a> Together<'a> {
    fn add(&mut self, block: &Block, first: usize) {
        self.keys.clear();
        self.keys.extend(block.cells.iter().map(|it| u64::from(*it)));
        let mut shift = self.n_cell_bits;
        for member in &self.members {
            let codes = member.codes.codes(first..first + block.sums.len());
            for (key, code) in self.keys.iter_mut().zip(codes) {
                *key |= u64::from(code) << shift;
            }
            shift += member.codes.n_bits();
        }
        for (key, sums) in self.keys.iter().zip(&block.sums) {
            let at = low(key.wrapping_mul(SPREAD) >> 32, LATELY_BITS) as usize;
            self.tally.add(*key, *sums, &mut self.lately[at]);
        }
    }

    fn finish(self, cells: &Cells<'_>) -> Vec<Counted<'a>> {
        let mut shift = self.n_cell_bits;
        let mut counted = Vec::new();
        for member in self.members {
            let n_bits = member.codes.n_bits();
            let entries = self.tally.iter().map(|(key, sums)| Entry {
                code: low(key >> shift, n_bits),
                cell: low(key, self.n_cell_bits),
                sums,
            });
            counted.push(member.finish(entries, cells));
            shift += n_bits;
        }
        counted
    }
}

impl<'a> Keyed<'a> {
    fn new(keys: &'a [u32], cells: &Cells<'_>) -> Self {
        let keys = &keys[cells.rows.clone()];
        let n_keys = keys.iter().filter(|it| **it != NULL).max().map_or(0, |it| *it + 1);
        Self {
            members: Vec::new(),
            keys,
            n_keys,
            tally: ByCode::new(n_keys as usize, cells.n_cells()),
        }
    }

    fn add(&mut self, block: &Block, first: usize) {
        let keys = &self.keys[first..first + block.sums.len()];
        let rows = keys.iter().zip(&block.cells).zip(&block.sums);
        let code = |key: u32| key.min(self.n_keys);
        let entry = |((key, cell), sums): ((&u32, &u32), &Sums)| Entry {
            code: code(*key),
            cell: *cell,
            sums: *sums,
        };
        self.tally.extend(rows.map(entry));
    }

    fn finish(self, cells: &Cells<'_>) -> Vec<Counted<'a>> {
        let of_keys = self.tally.into_entries();
        let finish = |member: Member<'a>| {
            let codes = (0..self.n_keys as usize).map(|it| member.codes.code(it));
            // Rows without a key have no value.
            let codes: Vec<u32> = codes.chain([small(member.codes.n_distinct)]).collect();
            let entries = of_keys.iter().map(|it| Entry { code: codes[it.code as usize], ..*it });
            member.finish(entries, cells)
        };
        self.members.into_iter().map(finish).collect()
    }
}

impl<'a> Member<'a> {
    fn finish(self, entries: impl Iterator<Item = Entry>, cells: &Cells<'_>) -> Counted<'a> {
        let mut tally = ByCode::new(self.codes.labels.len(), cells.n_cells());
        match self.codes.elements() {
            None => tally.extend(entries),
            Some(lists) => tally.extend(entries.flat_map(|entry| {
                lists[entry.code as usize].iter().map(move |it| Entry { code: *it, ..entry })
            })),
        }
        let hours = tally.into_entries();
        Counted { dimension: self.dimension, labels: self.codes.labels, hours }
    }
}
