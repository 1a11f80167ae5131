//! Fills the `src_*` and `dst_*` columns of rows.
//!
//! **Whose address.** The source of a record is its true end: `pkt_srcaddr` where AWS wrote it,
//! else `srcaddr`; so for the destination. They differ where the interface is not an end of the
//! conversation: at a NAT gateway `dstaddr` is the gateway's private address and `pkt_dstaddr` the
//! host on the internet, behind a load balancer that keeps addresses, or on a node with pods, it is
//! the same. The hop is private and has no country; it is the end that people ask for.
//!
//! **Only public addresses** are asked for, each distinct one once, whatever the number of rows; what
//! was found has ids as everything has, so that a row costs no more than some reads from tables.
//!
//! Columns from an earlier time are taken out first: doing it twice is doing it once, and what a
//! database no longer knows does not stay. AWS's own `pkt_src_aws_service` is never touched.

mod ends;
mod fill;
mod look;

use tidegate_model::columns::Columns;

use crate::Atlas;

/// What became of the lookups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Distinct public addresses that were looked up.
    pub n_addresses: usize,
    /// Lookups that failed, since a database is damaged at that place; their columns are NULL.
    pub n_failed: u64,
    /// The first of them: the database, and what is wrong.
    pub first_failure: Option<String>,
}

/// Fills the columns of geography from `atlas`; a column without any value is not there.
///
/// # Limits
///
/// Memory is some 100 bytes for each distinct address and 8 for each row at a time.
pub fn apply(columns: &mut Columns, atlas: &Atlas) -> Applied {
    for side in ["src", "dst"] {
        fill::clear(columns, side);
    }
    if atlas.is_empty() {
        return Applied::default();
    }
    let ends = ends::read(columns);
    let found = look::look_up(&ends.addresses, atlas);
    for (side, rows) in [("src", ends.sources), ("dst", ends.destinations)] {
        fill::fill(columns, side, rows, &found);
    }
    found.applied
}
