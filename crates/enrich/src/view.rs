//! A row, read from the columns that the input had.

use arrow::array::{Array, ArrowPrimitiveType, PrimitiveArray};
use arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};
use tidegate_model::columns::{Columns, NULL};

/// A text column, or none.
#[derive(Clone, Copy, Default)]
pub(crate) struct Texts<'a> {
    ids: &'a [u32],
    /// The distinct values.
    pub(crate) values: &'a [String],
}

impl<'a> Texts<'a> {
    /// Returns the position of the row's value among the values.
    #[inline]
    pub(crate) fn id(&self, row: usize) -> Option<usize> {
        match self.ids.get(row) {
            None | Some(&NULL) => None,
            Some(id) => Some(*id as usize),
        }
    }

    /// Returns the row's value.
    pub(crate) fn get(&self, row: usize) -> Option<&'a str> {
        self.id(row).map(|id| self.values[id].as_str())
    }

    /// Returns `f` of each value.
    pub(crate) fn map<T>(&self, f: impl Fn(&str) -> T) -> Vec<T> {
        self.values.iter().map(|it| f(it)).collect()
    }
}

/// A column of numbers, or none.
pub(crate) struct Numbers<'a, T: ArrowPrimitiveType> {
    array: Option<&'a PrimitiveArray<T>>,
}

impl<T: ArrowPrimitiveType> Numbers<'_, T> {
    /// Returns the row's value.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<T::Native> {
        let array = self.array?;
        array.is_valid(row).then(|| array.values()[row])
    }
}

/// The columns that the questions are about.
pub(crate) struct View<'a> {
    pub(crate) n_rows: usize,
    pub(crate) interface_id: Texts<'a>,
    pub(crate) srcaddr: Texts<'a>,
    pub(crate) dstaddr: Texts<'a>,
    pub(crate) pkt_srcaddr: Texts<'a>,
    pub(crate) pkt_dstaddr: Texts<'a>,
    pub(crate) action: Texts<'a>,
    pub(crate) log_status: Texts<'a>,
    pub(crate) flow_direction: Texts<'a>,
    pub(crate) flow_log_id: Texts<'a>,
    pub(crate) reject_reason: Texts<'a>,
    pub(crate) resource_id: Texts<'a>,
    pub(crate) attachment_id: Texts<'a>,
    pub(crate) interface_type: Texts<'a>,
    pub(crate) srcport: Numbers<'a, Int32Type>,
    pub(crate) dstport: Numbers<'a, Int32Type>,
    pub(crate) protocol: Numbers<'a, Int32Type>,
    pub(crate) tcp_flags: Numbers<'a, Int32Type>,
    pub(crate) packets: Numbers<'a, Int64Type>,
    pub(crate) bytes: Numbers<'a, Int64Type>,
    pub(crate) start: Numbers<'a, TimestampMicrosecondType>,
    pub(crate) end: Numbers<'a, TimestampMicrosecondType>,
}

impl<'a> View<'a> {
    /// Returns the view of `columns`.
    pub(crate) fn new(columns: &'a Columns) -> Self {
        let texts = |name: &str| {
            let (ids, values) = columns.text(name).unwrap_or_default();
            Texts { ids, values }
        };
        let int32 = |name: &str| Numbers { array: columns.int32(name) };
        let int64 = |name: &str| Numbers { array: columns.int64(name) };
        let time = |name: &str| Numbers { array: columns.time(name) };
        Self {
            n_rows: columns.n_rows,
            interface_id: texts("interface_id"),
            srcaddr: texts("srcaddr"),
            dstaddr: texts("dstaddr"),
            pkt_srcaddr: texts("pkt_srcaddr"),
            pkt_dstaddr: texts("pkt_dstaddr"),
            action: texts("action"),
            log_status: texts("log_status"),
            flow_direction: texts("flow_direction"),
            flow_log_id: texts("flow_log_id"),
            reject_reason: texts("reject_reason"),
            resource_id: texts("resource_id"),
            attachment_id: texts("tgw_attachment_id"),
            interface_type: texts("interface_type"),
            srcport: int32("srcport"),
            dstport: int32("dstport"),
            protocol: int32("protocol"),
            tcp_flags: int32("tcp_flags"),
            packets: int64("packets"),
            bytes: int64("bytes"),
            start: time("start"),
            end: time("end"),
        }
    }

    /// Returns the moment at which the network is asked about the row: its start, or its end.
    #[inline]
    pub(crate) fn moment_us(&self, row: usize) -> Option<i64> {
        self.start.get(row).or_else(|| self.end.get(row))
    }
}
